//! Reading a handler's signature into its OpenAPI operation: what it takes and what it gives.

use crate::problem::{Problem, ProblemBody};
use axum::Json;
use axum::extract::{Extension, State};
use std::future::Future;
use utoipa::openapi::path::{OperationBuilder, Parameter};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, ResponseBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

/// An operation being described, with the schemas it refers to.
pub struct Sketch {
    operation: OperationBuilder,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Sketch {
    pub fn new(operation: OperationBuilder) -> Self {
        Self { operation, schemas: vec![] }
    }

    pub fn parameter(&mut self, parameter: Parameter) {
        self.change(|operation| operation.parameter(parameter));
    }

    /// A JSON body of type `T`.
    pub fn body<T: ToSchema>(&mut self) {
        let schema = self.reference::<T>();
        self.raw_body("application/json", schema);
    }

    pub fn raw_body(&mut self, content_type: &str, schema: RefOr<Schema>) {
        let body = RequestBodyBuilder::new().required(Some(Required::True)).content(content_type, ContentBuilder::new().schema(Some(schema)).build());
        self.change(|operation| operation.request_body(Some(body.build())));
    }

    /// An answer with a JSON body of type `T`.
    pub fn answer<T: ToSchema>(&mut self, status: &str, description: &str) {
        let content = ContentBuilder::new().schema(Some(self.reference::<T>())).build();
        let response = ResponseBuilder::new().description(description).content("application/json", content).build();
        self.change(|operation| operation.response(status, response));
    }

    pub fn raw_answer(&mut self, status: &str, response: utoipa::openapi::Response) {
        self.change(|operation| operation.response(status, response));
    }

    /// Every operation may answer with a problem.
    pub fn problem(&mut self) {
        let content = ContentBuilder::new().schema(Some(self.reference::<ProblemBody>())).build();
        let response = ResponseBuilder::new().description("A problem; `code` says which").content("application/problem+json", content).build();
        self.change(|operation| operation.response("default", response));
    }

    pub fn finish(self) -> (OperationBuilder, Vec<(String, RefOr<Schema>)>) {
        (self.operation, self.schemas)
    }

    /// A reference to the schema of `T`, which is added with everything it refers to. What is no
    /// object of its own (a list, a map) stands in place.
    fn reference<T: ToSchema>(&mut self) -> RefOr<Schema> {
        T::schemas(&mut self.schemas);
        match T::schema() {
            RefOr::T(schema @ (Schema::Object(_) | Schema::OneOf(_) | Schema::AllOf(_))) => {
                let name = T::name().into_owned();
                self.schemas.push((name.clone(), RefOr::T(schema)));
                RefOr::Ref(Ref::from_schema_name(name))
            }
            in_place => in_place,
        }
    }

    fn change(&mut self, change: impl FnOnce(OperationBuilder) -> OperationBuilder) {
        self.operation = change(std::mem::take(&mut self.operation));
    }
}

/// Something a handler takes from the request.
pub trait Takes {
    fn describe(_: &mut Sketch) {}
}

/// Something a handler answers with.
pub trait Gives {
    fn describe(sketch: &mut Sketch);
}

/// A handler whose signature can be read. `T` is axum's tuple of extractors.
pub trait Described<T> {
    fn describe(sketch: &mut Sketch);
}

macro_rules! described {
    ($($taken:ident),*) => {
        impl<F, Answer, Given, M, $($taken),*> Described<(M, $($taken,)*)> for F
        where
            F: FnOnce($($taken),*) -> Answer,
            Answer: Future<Output = Given>,
            Given: Gives,
            $($taken: Takes,)*
        {
            fn describe(sketch: &mut Sketch) {
                $($taken::describe(sketch);)*
                Given::describe(sketch);
            }
        }
    };
}

described!(T1);
described!(T1, T2);
described!(T1, T2, T3);
described!(T1, T2, T3, T4);
described!(T1, T2, T3, T4, T5);
described!(T1, T2, T3, T4, T5, T6);

impl<F, Answer, Given> Described<((),)> for F
where
    F: FnOnce() -> Answer,
    Answer: Future<Output = Given>,
    Given: Gives,
{
    fn describe(sketch: &mut Sketch) {
        Given::describe(sketch);
    }
}

impl<S> Takes for State<S> {}
impl<T> Takes for Extension<T> {}

impl<T: Gives> Gives for Result<T, Problem> {
    fn describe(sketch: &mut Sketch) {
        T::describe(sketch);
    }
}

impl<T: ToSchema + PartialSchema> Gives for Json<T> {
    fn describe(sketch: &mut Sketch) {
        sketch.answer::<T>("200", "Done");
    }
}
