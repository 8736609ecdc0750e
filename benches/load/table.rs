//! The table of results.

use std::fmt;

use super::series::Series;

/// The unit of a number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    /// A ratio to another number of the same round.
    Ratio,
    PerSecond,
    Micros,
    Millis,
    Mib,
}

impl Unit {
    fn format(self, number: f64) -> String {
        match self {
            Self::Ratio => format!("{number:.2} ×"),
            Self::PerSecond => format!("{number:.0} /s"),
            Self::Micros => format!("{number:.1} µs"),
            Self::Millis => format!("{number:.2} ms"),
            Self::Mib => format!("{number:.1} MiB"),
        }
    }
}

/// The target that a median has to meet.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
    /// There is no target.
    Free,
}

/// The rows of the table.
#[derive(Debug, Default)]
pub(crate) struct Table(String);

impl Table {
    pub(crate) fn row(&mut self, what: &str, series: &Series, unit: Unit, target: Target) {
        let median = series.median();
        let (smallest, largest) = series.spread();
        let (smallest, largest) = (unit.format(smallest), unit.format(largest));
        let (target, met) = match target {
            Target::AtLeast(least) => (format!("≥ {}", unit.format(least)), median >= least),
            Target::AtMost(most) => (format!("≤ {}", unit.format(most)), median <= most),
            Target::Free => (String::new(), true),
        };
        let met = match (target.is_empty(), met) {
            (true, _) => "",
            (false, true) => "yes",
            (false, false) => "**no**",
        };
        let median = unit.format(median);
        self.0 += &format!("| {what} | {median} | {smallest} – {largest} | {target} | {met} |\n");
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("| what | median | spread | target | met? |\n|---|---|---|---|---|\n")?;
        f.write_str(self.0.trim_end())
    }
}
