//! Days, and on which of them the European Central Bank publishes.

const DAY: u64 = 24 * 60 * 60;

/// A day, as the number of days since 1970-01-01, a Thursday.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day(i64);

impl Day {
    /// Returns the day in UTC of a time in seconds since 1970.
    pub fn of(time: u64) -> Day {
        Day((time / DAY) as i64)
    }

    /// Reads a date such as 2026-11-25, from 1970 on.
    pub fn parse(text: &str) -> Option<Day> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let number = |from: usize, to: usize| {
            bytes[from..to].iter().try_fold(0, |n, c| match c {
                b'0'..=b'9' => Some(n * 10 + i64::from(c - b'0')),
                _ => None,
            })
        };
        let day = Day::new(number(0, 4)?, number(5, 7)?, number(8, 10)?);
        // An impossible date, such as 2026-02-30, comes back as another one.
        (day >= Day(0) && day.to_string() == text).then_some(day)
    }

    /// Counts the days up to a date of the Gregorian calendar, in years that begin in March, so
    /// that a leap day is a year's last.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil and
    /// civil_from_days.
    fn new(year: i64, month: i64, day: i64) -> Day {
        let year = if month <= 2 { year - 1 } else { year };
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Day(era * 146_097 + day_of_era - 719_468)
    }

    /// Returns the newest day whose rates must be out at a time. They come out on working
    /// days at about 16:00 in Frankfurt, that is 15:00 UTC or, in summer, 14:00. The few holidays
    /// on which none come out are not known here.
    pub fn published(time: u64) -> Day {
        let mut day = Day::of(time);
        if time % DAY < 14 * 60 * 60 {
            day.0 -= 1;
        }
        match (day.0 + 3).rem_euclid(7) {
            5 => day.0 -= 1, // Saturday
            6 => day.0 -= 2, // Sunday
            _ => {}
        }
        day
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let days = self.0 + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let year = era * 400 + year_of_era + i64::from(month >= 10);
        write!(f, "{:04}-{:02}-{:02}", year, (month + 2) % 12 + 1, day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1999-01-04", 10_595),
            ("2000-02-29", 11_016),
            ("2024-02-29", 19_782),
            ("2026-11-25", 20_782),
            ("9999-12-31", 2_932_896),
        ] {
            assert_eq!(Day::parse(text), Some(Day(days)), "{}", text);
            assert_eq!(Day(days).to_string(), text);
        }
        for day in 0..40_000 {
            assert_eq!(Day::parse(&Day(day).to_string()), Some(Day(day)));
        }
    }

    #[test]
    fn no_dates() {
        for text in [
            "",
            "2026",
            "2026-11-5",
            "2026-11-25 ",
            "2026/11/25",
            "2026-11-31",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "1969-12-31",
            "0000-00-00",
            "+026-11-25",
            "2026-1a-25",
            "２０26-1-1",
            "-026-11-25",
        ] {
            assert_eq!(Day::parse(text), None, "{}", text);
        }
    }

    #[test]
    fn published() {
        let hour = 60 * 60;
        let midnight = |text| Day::parse(text).map_or(0, |day| day.0 as u64) * DAY;
        for (date, hours, want) in [
            ("2026-11-25", 13, "2026-11-24"), // a Wednesday
            ("2026-11-25", 14, "2026-11-25"),
            ("2026-11-26", 0, "2026-11-25"),
            ("2026-11-27", 23, "2026-11-27"), // a Friday
            ("2026-11-28", 15, "2026-11-27"),
            ("2026-11-29", 15, "2026-11-27"),
            ("2026-11-30", 13, "2026-11-27"),
            ("2026-11-30", 14, "2026-11-30"),
        ] {
            let got = Day::published(midnight(date) + hours * hour);
            assert_eq!(got.to_string(), want, "{} {} h", date, hours);
        }
    }
}
