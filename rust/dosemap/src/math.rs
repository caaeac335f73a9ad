//! Three-vectors and 3 x 3 matrices in f64; concrete types, no generics.

use std::ops::{Add, Index, Mul, Neg, Sub};

/// A point or a direction.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Vec3 {
    /// First component.
    pub x: f64,
    /// Second component.
    pub y: f64,
    /// Third component.
    pub z: f64,
}

impl Vec3 {
    /// The origin.
    pub const ZERO: Self = Self::new(0.0, 0.0, 0.0);

    /// From its components.
    #[must_use]
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z }
    }

    /// Scalar product.
    #[must_use]
    pub fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    /// Vector product.
    #[must_use]
    pub fn cross(self, other: Self) -> Self {
        Self::new(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    /// Length.
    #[must_use]
    pub fn norm(self) -> f64 {
        self.dot(self).sqrt()
    }

    /// Unit vector along `self`, or zero for a zero vector.
    #[must_use]
    pub fn normalized(self) -> Self {
        let norm = self.norm();
        if norm > 0.0 { self * (1.0 / norm) } else { Self::ZERO }
    }

    /// Are all components finite?
    #[must_use]
    pub fn is_finite(self) -> bool {
        self.x.is_finite() && self.y.is_finite() && self.z.is_finite()
    }

    /// The components as an array.
    #[must_use]
    pub const fn to_array(self) -> [f64; 3] {
        [self.x, self.y, self.z]
    }
}

impl From<[f64; 3]> for Vec3 {
    fn from([x, y, z]: [f64; 3]) -> Self {
        Self::new(x, y, z)
    }
}

impl Index<usize> for Vec3 {
    type Output = f64;
    fn index(&self, axis: usize) -> &f64 {
        match axis {
            0 => &self.x,
            1 => &self.y,
            2 => &self.z,
            _ => panic!("a vector has no axis {axis}"),
        }
    }
}

impl Add for Vec3 {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self::new(self.x + o.x, self.y + o.y, self.z + o.z)
    }
}

impl Sub for Vec3 {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self::new(self.x - o.x, self.y - o.y, self.z - o.z)
    }
}

impl Mul<f64> for Vec3 {
    type Output = Self;
    fn mul(self, s: f64) -> Self {
        Self::new(self.x * s, self.y * s, self.z * s)
    }
}

impl Neg for Vec3 {
    type Output = Self;
    fn neg(self) -> Self {
        self * -1.0
    }
}

/// A 3 x 3 matrix, kept as its columns: the images of the axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mat3 {
    /// Images of the x, y and z axes.
    pub columns: [Vec3; 3],
}

impl Mat3 {
    /// The identity.
    pub const IDENTITY: Self = Self {
        columns: [Vec3::new(1.0, 0.0, 0.0), Vec3::new(0.0, 1.0, 0.0), Vec3::new(0.0, 0.0, 1.0)],
    };

    /// From the images of the three axes.
    #[must_use]
    pub const fn from_columns(x: Vec3, y: Vec3, z: Vec3) -> Self {
        Self { columns: [x, y, z] }
    }

    /// The transpose: the inverse of a rotation.
    #[must_use]
    pub fn transposed(self) -> Self {
        let [a, b, c] = self.columns;
        Self::from_columns(
            Vec3::new(a.x, b.x, c.x),
            Vec3::new(a.y, b.y, c.y),
            Vec3::new(a.z, b.z, c.z),
        )
    }

    /// The determinant: +1 for a rotation.
    #[must_use]
    pub fn determinant(self) -> f64 {
        let [a, b, c] = self.columns;
        a.cross(b).dot(c)
    }
}

impl Mul<Vec3> for Mat3 {
    type Output = Vec3;
    fn mul(self, v: Vec3) -> Vec3 {
        let [a, b, c] = self.columns;
        a * v.x + b * v.y + c * v.z
    }
}

impl Mul for Mat3 {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self { columns: other.columns.map(|column| self * column) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cross_product_is_right_handed() {
        let [x, y, z] = Mat3::IDENTITY.columns;
        assert_eq!(x.cross(y), z);
        assert_eq!(y.cross(z), x);
    }

    #[test]
    fn matrix_product_applies_the_right_factor_first() {
        let quarter_turn_about_z = Mat3::from_columns(
            Vec3::new(0.0, 1.0, 0.0),
            Vec3::new(-1.0, 0.0, 0.0),
            Vec3::new(0.0, 0.0, 1.0),
        );
        let swap_yz = Mat3::from_columns(
            Vec3::new(1.0, 0.0, 0.0),
            Vec3::new(0.0, 0.0, 1.0),
            Vec3::new(0.0, -1.0, 0.0),
        );
        let v = Vec3::new(1.0, 2.0, 3.0);
        assert_eq!((swap_yz * quarter_turn_about_z) * v, swap_yz * (quarter_turn_about_z * v));
        assert!((quarter_turn_about_z.determinant() - 1.0).abs() < 1e-15);
        assert_eq!(quarter_turn_about_z.transposed() * (quarter_turn_about_z * v), v);
    }
}
