//! The workflows a program knows.

use crate::definition::Definition;
use crate::workflow::{AnyWorkflow, Erased, Workflow};

/// An ordered list of workflows; build it once at start.
#[derive(Default)]
pub struct Registry {
    workflows: Vec<Box<dyn AnyWorkflow>>,
}

impl Registry {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn with<W: Workflow>(mut self) -> Self {
        self.workflows.push(Box::new(Erased::<W>::new()));
        self
    }

    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.workflows.iter().map(|workflow| workflow.definition())
    }

    pub fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions().find(|definition| definition.name == name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&dyn AnyWorkflow> {
        self.workflows.iter().find(|workflow| workflow.definition().name == name).map(AsRef::as_ref)
    }
}
