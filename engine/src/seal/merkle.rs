//! A Merkle tree as in RFC 6962: leaves and nodes are hashed with different prefixes, so neither passes for the other.

use super::proof::Side;
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
        level = above(&level);
    }
    level.first().copied().unwrap_or_else(|| Sha256::new().finalize().into())
}

fn above(level: &[Hash]) -> Vec<Hash> {
    let joined = |pair: &[Hash]| match pair {
        [left, right] => node(left, right),
        alone => alone.first().copied().unwrap_or_default(),
    };
    level.chunks(2).map(joined).collect()
}

/// The hashes beside the way from a leaf up to the root, and on which side each stands.
pub(super) fn path(leaves: &[Hash], place: usize) -> Vec<(Side, Hash)> {
    let (mut level, mut place, mut path) = (leaves.to_vec(), place, vec![]);
    while level.len() > 1 {
        let (side, beside) = if place % 2 == 0 { (Side::Right, place + 1) } else { (Side::Left, place - 1) };
        path.extend(level.get(beside).map(|hash| (side, *hash)));
        (level, place) = (above(&level), place / 2);
    }
    path
}

/// Where a leaf comes out with these hashes beside its way: the root, if they are its own.
pub(super) fn climb(leaf: Hash, path: &[(Side, Hash)]) -> Hash {
    path.iter().fold(leaf, |below, (side, beside)| match side {
        Side::Left => node(beside, &below),
        Side::Right => node(&below, beside),
    })
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
    fn every_leaf_climbs_to_the_root_and_no_other_does() {
        let leaves: Vec<Hash> = (0..70).map(|n: i32| leaf(&n.to_string())).collect();
        for count in 1..leaves.len() {
            for place in 0..count {
                let way = path(&leaves[..count], place);
                assert_eq!(climb(leaves[place], &way), root(&leaves[..count]), "{place} of {count}");
                assert_ne!(climb(leaf("other"), &way), root(&leaves[..count]), "{place} of {count}");
            }
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
