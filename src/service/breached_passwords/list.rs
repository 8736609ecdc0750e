//! The file of the list. It is read at positions, a few lines at a time, because it may have tens
//! of gigabytes.

use std::fs::File;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;

use super::fault::ListFault;
use super::line::{Hash, MAX_LINE, parse};

/// The number of bytes in which a whole line stands, wherever in a line they begin.
const WINDOW: usize = 2 * MAX_LINE;
/// The number of bytes that are searched line by line. A disk reads no less at once.
const BLOCK: usize = 4096;
/// The number of places at which a file is checked.
const PLACES: u64 = 64;

/// An open file.
#[derive(Debug)]
pub(super) struct List {
    file: File,
    length: u64,
    version: Version,
}

/// What changes when a file is replaced or written: device, inode, size and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version(u64, u64, u64, i64, i64);

impl List {
    pub(super) fn open(path: &Path) -> Result<Self, ListFault> {
        // Opening a named pipe would wait for a writer.
        if !path.metadata()?.is_file() {
            return Err(ListFault::NoFile);
        }
        let file = File::open(path)?;
        let data = file.metadata()?;
        let version = Version(data.dev(), data.ino(), data.size(), data.mtime(), data.mtime_nsec());
        Ok(Self { file, length: data.len(), version })
    }

    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// Whether `wanted` is in the list: a bisection, then a search of the lines that are left.
    pub(super) fn contains(&self, wanted: &Hash) -> Result<bool, ListFault> {
        // Both are positions at which a line begins, or the end. If the hash is in the list, its
        // line begins between them.
        let (mut low, mut high) = (0, self.length);
        while high - low > BLOCK as u64 {
            let (start, hash) = self.line_after(low + (high - low) / 2)?;
            match hash.cmp(wanted) {
                std::cmp::Ordering::Less => low = start,
                std::cmp::Ordering::Equal => return Ok(true),
                std::cmp::Ordering::Greater => high = start,
            }
        }
        let mut block = [0; BLOCK];
        let lines = self.read(low, block.get_mut(..(high - low) as usize).unwrap_or_default())?;
        let mut start = low;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let hash = parse(line.strip_suffix(b"\n").unwrap_or(line));
            if hash.ok_or(ListFault::Malformed(start))? == *wanted {
                return Ok(true);
            }
            start += line.len() as u64;
        }
        Ok(false)
    }

    /// Checks that the file is such a list, as far as a few places tell: lines are well formed and
    /// in order, and the first and the last hashes are there. The downloader writes the hashes in
    /// their order, so the last ones are missing from a file that it has not finished.
    pub(super) fn check(&self) -> Result<(), ListFault> {
        let mut window = [0; WINDOW];
        let first = self.read(0, &mut window)?.split(|byte| *byte == b'\n').next();
        let first = first.and_then(parse).ok_or(ListFault::Malformed(0))?;
        let (last_start, last) = self.last_line()?;

        let mut before = (0, first);
        let places = (0..PLACES).map(|place| self.length / PLACES * place);
        for place in places.take_while(|place| place + (WINDOW as u64) < last_start) {
            before = in_order(before, self.line_after(place)?)?;
        }
        in_order(before, (last_start, last))?;
        if first.first() != Some(&0x00) || last.first() != Some(&0xFF) {
            return Err(ListFault::Incomplete);
        }
        Ok(())
    }

    fn last_line(&self) -> Result<(u64, Hash), ListFault> {
        let mut window = [0; WINDOW];
        let from = self.length.saturating_sub(WINDOW as u64);
        let end = self.read(from, &mut window)?;
        let end = end.strip_suffix(b"\n").unwrap_or(end);
        let line = end.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let start = from + (end.len() - line.len()) as u64;
        Ok((start, parse(line).ok_or(ListFault::Malformed(start))?))
    }

    /// The first line that begins after `position`, which is in no last line.
    fn line_after(&self, position: u64) -> Result<(u64, Hash), ListFault> {
        let mut window = [0; WINDOW];
        let mut lines = self.read(position, &mut window)?.split(|byte| *byte == b'\n');
        let skipped = lines.next().unwrap_or_default();
        let start = position + skipped.len() as u64 + 1;
        // A count that the window cuts off does not matter.
        let hash = lines.next().and_then(parse).ok_or(ListFault::Malformed(start))?;
        Ok((start, hash))
    }

    /// Reads at a position, as much as there is.
    fn read<'a>(&self, position: u64, buffer: &'a mut [u8]) -> Result<&'a [u8], ListFault> {
        let mut length = 0;
        while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, position + length as u64)? {
                0 => break,
                more => length += more,
            }
        }
        Ok(buffer.get(..length).unwrap_or_default())
    }
}

/// The later one of two lines, if their hashes are in order.
fn in_order(before: (u64, Hash), line: (u64, Hash)) -> Result<(u64, Hash), ListFault> {
    match line.0 == before.0 || before.1 < line.1 {
        true => Ok(line),
        false => Err(ListFault::Unsorted(line.0)),
    }
}
