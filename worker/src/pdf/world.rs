//! All that a template can reach: itself, the shared look, its data and files, and two fonts. No disk, no network, no clock.

use super::Attached;
use std::collections::HashMap;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, PathError, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// What is the same for every document.
struct Shared {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

static SHARED: LazyLock<Shared> = LazyLock::new(|| {
    let files: [&'static [u8]; 2] = [include_bytes!("../../fonts/Inter-Regular.otf"), include_bytes!("../../fonts/Inter-SemiBold.otf")];
    let fonts: Vec<Font> = files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect();
    Shared { library: LazyHash::new(Library::default()), book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
});

/// What templates import: the look of all, and what documents about money share.
const IMPORTED: [(&str, &str); 2] = [("/look.typ", include_str!("../../templates/look.typ")), ("/document.typ", include_str!("../../templates/document.typ"))];

/// One document about to be set.
pub(super) struct Sheet {
    main: FileId,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
}

impl Sheet {
    pub fn new(template: (&str, &str), data: Vec<u8>, attached: &[Attached]) -> Result<Self, PathError> {
        let main = id(template.0)?;
        let mut sources = HashMap::from([(main, Source::new(main, template.1.into()))]);
        for (name, text) in IMPORTED {
            let imported = id(name)?;
            sources.insert(imported, Source::new(imported, text.into()));
        }
        let mut files = HashMap::from([(id("/data.json")?, Bytes::new(data))]);
        for file in attached {
            files.insert(id(file.name)?, Bytes::new(file.bytes.clone()));
        }
        Ok(Self { main, sources, files })
    }
}

fn id(path: &str) -> Result<FileId, PathError> {
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path)?)))
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &SHARED.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHARED.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        SHARED.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
