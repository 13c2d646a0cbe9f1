//! Documents in a local folder, one file each.

use super::{DocumentStore, Key, StoreError};
use async_trait::async_trait;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek};
use std::path::{Path, PathBuf};
use tokio::task;
use ulid::Ulid;

/// A folder of documents. A file appears under its key complete and on disk, or not at all.
#[derive(Clone, Debug)]
pub struct LocalFolder {
    root: PathBuf,
}

impl LocalFolder {
    /// The folder is made when the first document comes.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.root.join(key.folder()).join(key.sha256())
    }
}

#[async_trait]
impl DocumentStore for LocalFolder {
    async fn put(&self, bytes: Vec<u8>) -> Result<Key, StoreError> {
        let folder = self.clone();
        blocking(move || {
            let key = Key::of(&bytes);
            let path = folder.path(&key);
            if !path.exists() {
                write_whole(&path, &mut bytes.as_slice())?;
            }
            Ok(key)
        })
        .await
    }

    async fn put_file(&self, mut file: File) -> Result<Key, StoreError> {
        let folder = self.clone();
        blocking(move || {
            file.rewind()?;
            let key = Key::of_file(&mut file)?;
            let path = folder.path(&key);
            if !path.exists() {
                file.rewind()?;
                write_whole(&path, &mut file)?;
            }
            Ok(key)
        })
        .await
    }

    async fn get_file(&self, key: &Key) -> Result<File, StoreError> {
        let (path, key) = (self.path(key), key.clone());
        blocking(move || match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(StoreError::NotFound(key)),
            opened => Ok(opened?),
        })
        .await
    }

    async fn get(&self, key: &Key) -> Result<Vec<u8>, StoreError> {
        let (path, key) = (self.path(key), key.clone());
        blocking(move || match fs::read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(StoreError::NotFound(key)),
            read => Ok(read?),
        })
        .await
    }

    async fn exists(&self, key: &Key) -> Result<bool, StoreError> {
        let path = self.path(key);
        blocking(move || Ok(fs::exists(path)?)).await
    }

    async fn remove(&self, key: &Key) -> Result<(), StoreError> {
        let path = self.path(key);
        blocking(move || match fs::remove_file(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            removed => Ok(removed?),
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, StoreError> {
    task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// Writes a file beside its place, flushes it, then moves it there.
fn write_whole(path: &Path, bytes: &mut impl Read) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let draft = folder.join(format!(".{}.draft", Ulid::generate()));
    let written = write_draft(&draft, bytes).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // The draft is of no use; what matters is the error of the write.
        let _ = fs::remove_file(&draft);
    }
    written?;
    File::open(folder)?.sync_all()
}

fn write_draft(draft: &Path, bytes: &mut impl Read) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(draft)?;
    io::copy(bytes, &mut file)?;
    file.sync_all()
}
