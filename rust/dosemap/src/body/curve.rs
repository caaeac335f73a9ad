//! A smooth curve through points that stays between them.

/// Piecewise cubic through points of increasing abscissa, without overshoot and with a continuous
/// slope (Steffen 1990, Astron Astrophys 239, 443); constant outside.
#[derive(Debug, Clone)]
pub(super) struct MonotoneCurve {
    points: Vec<(f64, f64)>,
    slopes: Vec<f64>,
}

impl MonotoneCurve {
    /// The curve through points; their abscissae must increase.
    pub fn new(points: Vec<(f64, f64)>) -> Self {
        let width = |i: usize| points[i + 1].0 - points[i].0;
        let chord = |i: usize| (points[i + 1].1 - points[i].1) / width(i);
        let last = points.len() - 1;
        let slopes = (0..=last)
            .map(|i| match i {
                0 => chord(0),
                _ if i == last => chord(last - 1),
                _ => {
                    let (left, right) = (chord(i - 1), chord(i));
                    let parabola =
                        (left * width(i) + right * width(i - 1)) / (width(i - 1) + width(i));
                    let steepest = left.abs().min(right.abs()).min(0.5 * parabola.abs());
                    (left.signum() + right.signum()) * steepest
                }
            })
            .collect();
        Self { points, slopes }
    }

    /// The ordinate at an abscissa.
    pub fn at(&self, x: f64) -> f64 {
        let right = self.points.partition_point(|point| point.0 < x);
        if right == 0 {
            return self.points[0].1;
        }
        let Some(&(x1, y1)) = self.points.get(right) else {
            return self.points[right - 1].1;
        };
        let (x0, y0) = self.points[right - 1];
        let (width, t) = (x1 - x0, (x - x0) / (x1 - x0));
        let (slope0, slope1) = (self.slopes[right - 1], self.slopes[right]);
        let toward = t * t * (3.0 - 2.0 * t);
        y0 + (y1 - y0) * toward + width * t * (1.0 - t) * (slope0 * (1.0 - t) - slope1 * t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_straight_line_stays_one() {
        let line = MonotoneCurve::new([0.0, 1.0, 4.0, 5.0].map(|x| (x, 3.0 - 2.0 * x)).to_vec());
        for x in [0.0, 0.3, 1.0, 2.5, 4.9, 5.0] {
            assert!((line.at(x) - (3.0 - 2.0 * x)).abs() < 1e-12);
        }
        assert_eq!((line.at(-1.0), line.at(9.0)), (3.0, -7.0));
    }

    #[test]
    fn slope_is_continuous_at_the_points() {
        let curve = MonotoneCurve::new(vec![(0.0, 0.0), (1.0, 2.0), (3.0, 3.0), (4.0, 7.0)]);
        for x in [1.0, 3.0] {
            let h = 1e-6;
            let left = (curve.at(x) - curve.at(x - h)) / h;
            let right = (curve.at(x + h) - curve.at(x)) / h;
            // One-sided differences of a cubic are off by its second derivative times h.
            assert!((left - right).abs() < 1e-4, "{left} {right}");
        }
    }

    proptest! {
        #[test]
        fn the_curve_stays_between_its_neighbouring_points(
            steps in proptest::collection::vec((0.1..5.0_f64, -3.0..3.0_f64), 2..8), share in 0.0..1.0_f64,
        ) {
            let mut points = vec![(0.0, 0.0)];
            for (dx, dy) in steps {
                let (x, y) = points[points.len() - 1];
                points.push((x + dx, y + dy));
            }
            let curve = MonotoneCurve::new(points.clone());
            for pair in points.windows(2) {
                let y = curve.at(pair[0].0 + share * (pair[1].0 - pair[0].0));
                let (low, high) = (pair[0].1.min(pair[1].1), pair[0].1.max(pair[1].1));
                prop_assert!(y >= low - 1e-9 && y <= high + 1e-9);
            }
        }
    }
}
