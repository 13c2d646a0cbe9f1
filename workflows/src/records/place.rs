//! Places on the globe and the distance between them.
//!
//! Transport depends on the distance from the tutor's office to the sesi's place (SPEC PRC-4), so it is rounded to
//! whole metres once, here, and everything after is integer arithmetic.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Mean radius of the earth.
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A point in degrees, always on the globe.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub lat: f64,
    pub long: f64,
}

/// Degrees that name no point of the globe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PlaceError {
    #[error("latitude is not between -90 and 90")]
    LatitudeOffGlobe,
    #[error("longitude is not between -180 and 180")]
    LongitudeOffGlobe,
}

impl PlaceError {
    /// The stable code for API and UI.
    pub fn code(self) -> &'static str {
        match self {
            Self::LatitudeOffGlobe => "lat_off_globe",
            Self::LongitudeOffGlobe => "long_off_globe",
        }
    }
}

impl Point {
    /// A point, or which of both numbers is off the globe (NaN is).
    pub fn new(lat: f64, long: f64) -> Result<Self, PlaceError> {
        if !(-90.0..=90.0).contains(&lat) {
            return Err(PlaceError::LatitudeOffGlobe);
        }
        if !(-180.0..=180.0).contains(&long) {
            return Err(PlaceError::LongitudeOffGlobe);
        }
        Ok(Self { lat, long })
    }

    /// Whether it lies in the box around Indonesia. Outside is unusual, not wrong (SPEC MD-5).
    pub fn is_in_indonesia(self) -> bool {
        (-11.5..=6.5).contains(&self.lat) && (94.5..=141.5).contains(&self.long)
    }

    /// Metres along the great circle (haversine).
    pub fn distance_m(self, other: Self) -> i64 {
        let (from, to) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = ((to - from) / 2.0).sin();
        let half_long = ((other.long - self.long).to_radians() / 2.0).sin();
        let chord = half_lat * half_lat + from.cos() * to.cos() * half_long * half_long;
        let metres = 2.0 * EARTH_RADIUS_M * chord.clamp(0.0, 1.0).sqrt().asin();
        metres.round() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONAS: Point = Point { lat: -6.175_392, long: 106.827_153 };

    #[test]
    fn known_distances_come_out_to_the_metre() {
        let bandung = Point { lat: -6.917_464, long: 107.619_123 };
        let pole = Point { lat: 90.0, long: 0.0 };
        let south = Point { lat: -90.0, long: 0.0 };
        for (from, to, metres) in [(MONAS, MONAS, 0), (pole, south, 20_015_114), (MONAS, bandung, 120_262)] {
            assert_eq!(from.distance_m(to), metres);
            assert_eq!(to.distance_m(from), metres);
        }
    }

    #[test]
    fn the_date_line_is_no_detour() {
        let west = Point { lat: 0.0, long: 179.999 };
        let east = Point { lat: 0.0, long: -179.999 };
        assert_eq!(west.distance_m(east), 222);
    }

    #[test]
    fn points_off_the_globe_are_refused_and_points_abroad_are_not() {
        assert_eq!(Point::new(90.1, 0.0), Err(PlaceError::LatitudeOffGlobe));
        assert_eq!(Point::new(f64::NAN, 0.0), Err(PlaceError::LatitudeOffGlobe));
        assert_eq!(Point::new(0.0, -180.1), Err(PlaceError::LongitudeOffGlobe));
        assert!(MONAS.is_in_indonesia());
        assert!(Point::new(1.29, 103.85).is_ok_and(Point::is_in_indonesia), "the box reaches over Singapore");
        assert!(Point::new(35.68, 139.69).is_ok_and(|tokyo| !tokyo.is_in_indonesia()));
    }
}
