//! A Merkle tree as in RFC 6962: leaves and nodes are hashed with different prefixes, so neither passes for the other.

use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub(super) type Hash = [u8; 32];

/// The hash of a leaf.
pub(super) fn leaf(content: &str) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(content);
    hasher.finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// The root over leaves in their order; over none, the hash of nothing. A node without a neighbour moves up as it is.
pub(super) fn root(leaves: &[Hash]) -> Hash {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => node(left, right),
                alone => alone.first().copied().unwrap_or_default(),
            })
            .collect();
    }
    level.first().copied().unwrap_or_else(|| Sha256::new().finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition in RFC 6962, 2.1: split at the largest power of two below the length.
    fn by_the_book(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::new().finalize().into(),
            [one] => *one,
            many => {
                let half = many.len().next_power_of_two() / 2;
                node(&by_the_book(&many[..half]), &by_the_book(&many[half..]))
            }
        }
    }

    #[test]
    fn the_root_is_that_of_rfc_6962_for_every_number_of_leaves() {
        let leaves: Vec<Hash> = (0..70).map(|n: i32| leaf(&n.to_string())).collect();
        for count in 0..leaves.len() {
            assert_eq!(root(&leaves[..count]), by_the_book(&leaves[..count]), "{count}");
        }
    }

    #[test]
    fn a_node_never_passes_for_a_leaf() {
        let (left, right) = (leaf("a"), leaf("b"));
        let mut pretended = Sha256::new();
        pretended.update([0]);
        pretended.update(left);
        pretended.update(right);
        assert_ne!(root(&[left, right]), <Hash>::from(pretended.finalize()));
    }
}
