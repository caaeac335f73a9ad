//! Which data tables are compiled in: a result records them, so that it can be made again.

use crate::{backscatter, body, energy_table, forward_scatter};

/// Name and content hash (FNV-1a, 64 bits, hexadecimal) of every embedded table.
#[must_use]
pub fn data_tables() -> Vec<(&'static str, String)> {
    [
        ("tungsten_spectra.csv", energy_table::SPECTRA.as_bytes()),
        ("mass_attenuation.csv", energy_table::MASS_ATTENUATION.as_bytes()),
        ("mass_energy_absorption.csv", energy_table::MASS_ENERGY_ABSORPTION.as_bytes()),
        ("backscatter_amplitudes.csv", backscatter::table::TABLE.as_bytes()),
        ("forward_scatter.csv", forward_scatter::TABLE.as_bytes()),
        ("reference_persons.csv", body::person::REFERENCE_PERSONS.as_bytes()),
        ("anthropometry_adults.csv", body::anthropometry::ADULTS.as_bytes()),
        ("anthropometry_children.csv", body::anthropometry::CHILDREN.as_bytes()),
        ("body_template.ply", body::template::FILE),
        ("body_regions.csv", body::address::REGIONS.as_bytes()),
    ]
    .map(|(name, content)| (name, format!("{:016x}", fnv1a(content))))
    .to_vec()
}

/// Fowler, Noll and Vo's hash: tells tables apart, and is no protection against malice.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_that_of_the_published_test_vectors() {
        // http://www.isthe.com/chongo/tech/comp/fnv, test suite: "" and "foobar".
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn every_table_is_listed_once() {
        let names: std::collections::HashSet<_> =
            data_tables().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), 10);
    }
}
