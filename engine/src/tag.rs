//! Enums whose variants are stored as text: states, kinds, statuses.

/// An enum with one stable text per variant; the text is what the database and the API hold.
pub trait Tag: Copy + Eq + Send + Sync + std::fmt::Debug + 'static {
    /// Every variant, in reading order.
    const ALL: &'static [Self];
    /// The stored text.
    fn as_str(self) -> &'static str;
    /// The variant of a stored text, or `None` when this program does not know it.
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|tag| tag.as_str() == text)
    }
}

/// Declares an enum together with its stored texts and implements [`Tag`] and serde for it.
#[macro_export]
macro_rules! tags {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $name { $($(#[$doc])* $variant),+ }

        impl $crate::tag::Tag for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str($crate::tag::Tag::as_str(*self))
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
                <Self as $crate::tag::Tag>::parse(&text)
                    .ok_or_else(|| serde::de::Error::unknown_variant(&text, &[$($text),+]))
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::tag::Tag::as_str(*self))
            }
        }
    };
}
