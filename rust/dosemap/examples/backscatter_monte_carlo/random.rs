//! xoshiro256++ (Blackman and Vigna, public domain), seeded by splitmix64.

/// A stream of random numbers.
pub struct Random([u64; 4]);

impl Random {
    /// Different seeds give independent streams.
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        }))
    }

    /// Uniform in (0, 1].
    pub fn uniform(&mut self) -> f64 {
        let Self(s) = self;
        let drawn = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        ((drawn >> 11) + 1) as f64 / (1u64 << 53) as f64
    }
}
