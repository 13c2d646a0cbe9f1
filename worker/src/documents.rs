//! Stored documents: what may be stored ([`sniff`]), under which key ([`Key`]), and where
//! ([`DocumentStore`]: a local folder, or a bucket that speaks S3).
//!
//! A key is the SHA-256 of the content. So the same bytes are stored once, a stored document never
//! changes, and no name that a person typed ever becomes a path.

mod key;
mod local_folder;
mod s3;
mod sniff;

pub use key::Key;
pub use local_folder::LocalFolder;
pub use s3::{S3, S3Config};
pub use sniff::{ContentType, MAX_BYTES, NotStorable, sniff};

use async_trait::async_trait;
use std::fs::File;

/// Where documents are kept.
#[async_trait]
pub trait DocumentStore: Send + Sync {
    /// Stores the bytes under their key. Bytes already there stay as they are.
    async fn put(&self, bytes: Vec<u8>) -> Result<Key, StoreError>;
    /// As [`Self::put`], of a file too large for memory, from its beginning to its end.
    async fn put_file(&self, file: File) -> Result<Key, StoreError>;
    /// As [`Self::get`], as a file that stands at its beginning.
    async fn get_file(&self, key: &Key) -> Result<File, StoreError>;
    /// The bytes under a key, as they are: whether they are intact is for the caller to check.
    async fn get(&self, key: &Key) -> Result<Vec<u8>, StoreError>;
    async fn exists(&self, key: &Key) -> Result<bool, StoreError>;
    /// Takes the bytes out of the store, for good. Nothing there is no error.
    async fn remove(&self, key: &Key) -> Result<(), StoreError>;
}

/// A document could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("no document under {0}")]
    NotFound(Key),
    #[error("the document folder failed")]
    Folder(#[from] std::io::Error),
    #[error("the document bucket failed")]
    Bucket(#[source] Box<dyn std::error::Error + Send + Sync>),
}
