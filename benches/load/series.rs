//! The results of several rounds.

/// One number for each round.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series(Vec<f64>);

impl Series {
    /// The median.
    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        quantile(&sorted, 0.5)
    }

    /// The smallest and the largest number.
    pub(crate) fn spread(&self) -> (f64, f64) {
        let smallest = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        (smallest, self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    }

    /// Each number divided by the one of the same round in `other`.
    pub(crate) fn against(&self, other: &Self) -> Self {
        self.0.iter().zip(&other.0).map(|(number, other)| number / other).collect()
    }

    pub(crate) fn push(&mut self, number: f64) {
        self.0.push(number);
    }
}

impl FromIterator<f64> for Series {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Self {
        Self(numbers.into_iter().collect())
    }
}

/// The number that a share of the sorted numbers does not exceed.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}
