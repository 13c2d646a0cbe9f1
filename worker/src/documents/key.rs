//! Keys of documents: `<first two digits>/<all 64 digits>` of the content's SHA-256.

use sha2::{Digest, Sha256};
use std::{fmt, io};

/// Names stored bytes by their content. Nothing else can be written as a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    sha256: String,
}

impl Key {
    /// The key of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self { sha256: hex::encode(Sha256::digest(bytes)) }
    }

    /// The key of a file's bytes, from where it stands to its end.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn of_file(file: &mut impl io::Read) -> io::Result<Self> {
        let mut hasher = Hashing(Sha256::new());
        io::copy(file, &mut hasher)?;
        Ok(Self { sha256: hex::encode(hasher.0.finalize()) })
    }

    /// Reads a key as it was stored; `None` for anything that [`Key::of`] does not make.
    pub fn parse(text: &str) -> Option<Self> {
        let (folder, sha256) = text.split_once('/')?;
        let is_digest = sha256.len() == 64 && sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (is_digest && folder == &sha256[..2]).then(|| Self { sha256: sha256.to_owned() })
    }

    /// The digest in lower-case hex.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    pub(super) fn folder(&self) -> &str {
        &self.sha256[..2]
    }
}

struct Hashing(Sha256);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.folder(), self.sha256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_made_from_content_is_read_as_a_key() {
        let key = Key::of(b"abc");
        assert_eq!(key.to_string(), "ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(Key::parse(&key.to_string()), Some(key.clone()));
        assert_eq!(Key::of_file(&mut b"abc".as_slice()).unwrap(), key);
        let digest = key.sha256();
        for text in [
            "",
            "ba",
            "../etc/passwd",
            "ba/../../etc/passwd",
            &format!("bb/{digest}"),
            &format!("ba/{}", digest.to_uppercase()),
            &format!("ba/{digest}/"),
            &format!("/{digest}"),
        ] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }
}
