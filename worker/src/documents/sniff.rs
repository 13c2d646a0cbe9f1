//! What may be stored, told from the content: a name or a declared type is only somebody's word.

use engine::tags;

/// The largest document, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

tags! {
    /// The types of content that are stored, by MIME name.
    pub enum ContentType { Png => "image/png", Jpeg => "image/jpeg", Webp => "image/webp", Pdf => "application/pdf" }
}

/// Why bytes are not stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStorable {
    #[error("the document is empty")]
    Empty,
    #[error("the document has {size} bytes, more than {max}")]
    TooLarge { size: usize, max: usize },
    #[error("documents of type {found} are not stored")]
    TypeNotAllowed { found: &'static str },
}

/// The type of a document, if it is one that is stored.
pub fn sniff(bytes: &[u8]) -> Result<ContentType, NotStorable> {
    if bytes.is_empty() {
        return Err(NotStorable::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(NotStorable::TooLarge { size: bytes.len(), max: MAX_BYTES });
    }
    let found = infer::get(bytes).map_or("application/octet-stream", |kind| kind.mime_type());
    engine::tag::Tag::parse(found).ok_or(NotStorable::TypeNotAllowed { found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides_what_is_stored() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n....IHDR"), Ok(ContentType::Png));
        assert_eq!(sniff(b"\xff\xd8\xff\xe0..JFIF"), Ok(ContentType::Jpeg));
        assert_eq!(sniff(b"RIFF\x24\x00\x00\x00WEBPVP8 "), Ok(ContentType::Webp));
        assert_eq!(sniff(b"%PDF-1.7\n"), Ok(ContentType::Pdf));
    }

    #[test]
    fn anything_else_is_refused_whatever_it_is_called() {
        assert_eq!(sniff(b""), Err(NotStorable::Empty));
        assert_eq!(sniff(b"GIF89a......"), Err(NotStorable::TypeNotAllowed { found: "image/gif" }));
        assert_eq!(sniff(b"MZ\x90\x00"), Err(NotStorable::TypeNotAllowed { found: "application/vnd.microsoft.portable-executable" }));
        assert_eq!(sniff(b"<svg onload=alert(1)>"), Err(NotStorable::TypeNotAllowed { found: "application/octet-stream" }));
        let mut large = b"%PDF-1.7\n".to_vec();
        large.resize(MAX_BYTES, 0);
        assert_eq!(sniff(&large), Ok(ContentType::Pdf));
        large.push(0);
        assert_eq!(sniff(&large), Err(NotStorable::TooLarge { size: MAX_BYTES + 1, max: MAX_BYTES }));
    }
}
