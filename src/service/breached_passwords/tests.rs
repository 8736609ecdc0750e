//! Tests with real files.

use std::collections::HashSet;
use std::io::Write as _;

use data_encoding::HEXUPPER;
use proptest::prelude::*;
use tempfile::NamedTempFile;

use super::*;

/// A file with a line per hash, in the order in which they are given.
fn file<'a>(hashes: impl IntoIterator<Item = &'a Hash>, ending: &str, ends: bool) -> NamedTempFile {
    let lines = hashes.into_iter().enumerate().map(|(index, hash)| {
        // Lines of different lengths.
        let count = 7_u64.pow(index as u32 % 12);
        format!("{}:{count}", HEXUPPER.encode(hash))
    });
    let text = lines.collect::<Vec<_>>().join(ending);
    let mut file = NamedTempFile::new().unwrap();
    write!(file, "{text}{}", if ends { ending } else { "" }).unwrap();
    file
}

fn password(number: u32) -> NewPassword {
    NewPassword::parse(&format!("password number {number}")).unwrap()
}

fn sha1(password: &NewPassword) -> Hash {
    Sha1::digest(password.as_str()).into()
}

/// The hashes of many passwords, in order.
fn many() -> Vec<Hash> {
    let mut hashes: Vec<Hash> = (0..50_000).map(|number| sha1(&password(number))).collect();
    hashes.sort_unstable();
    hashes
}

fn open(file: &NamedTempFile) -> Result<BreachedPasswords, ListFault> {
    BreachedPasswords::open(file.path().to_owned(), Duration::from_secs(30))
}

#[tokio::test]
async fn passwords_are_found_in_a_long_list_and_others_are_not() {
    let hashes = many();
    for (ending, ends) in [("\n", true), ("\n", false), ("\r\n", true), ("\r\n", false)] {
        let file = file(&hashes, ending, ends);
        let list = open(&file).unwrap();
        for number in (0..50_000).step_by(499) {
            assert!(list.contains(&password(number)).await.unwrap(), "{number}, {ending:?}");
        }
        for number in 50_000..50_100 {
            assert!(!list.contains(&password(number)).await.unwrap(), "{number}, {ending:?}");
        }
        let list = List::open(file.path()).unwrap();
        for (place, hash) in [("first", hashes[0]), ("last", hashes[hashes.len() - 1])] {
            assert!(list.contains(&hash).unwrap(), "the {place} line, {ending:?}");
        }
        for (place, hash) in [("before the first", [0; 20]), ("after the last", [0xFF; 20])] {
            assert!(!list.contains(&hash).unwrap(), "{place} line, {ending:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_list_contains_what_a_set_contains(
        // Few bytes differ, so many hashes are neighbours.
        present in prop::collection::btree_set((any::<u8>(), 0..4_u8, any::<u8>()), 1..600),
        absent in prop::collection::vec((any::<u8>(), 0..4_u8, any::<u8>()), 50),
        crlf in any::<bool>(),
        ends in any::<bool>(),
    ) {
        let hash = |(first, second, last): (u8, u8, u8)| {
            let mut hash = [0; 20];
            (hash[0], hash[1], hash[19]) = (first, second, last);
            hash
        };
        let sorted: Vec<Hash> = present.iter().copied().map(hash).collect();
        let set: HashSet<Hash> = sorted.iter().copied().collect();
        let file = file(&sorted, if crlf { "\r\n" } else { "\n" }, ends);
        let list = List::open(file.path()).unwrap();
        for hash in sorted.iter().copied().chain(absent.into_iter().map(hash)) {
            prop_assert_eq!(list.contains(&hash).unwrap(), set.contains(&hash));
        }
    }
}

#[test]
fn what_is_wrong_with_a_file_is_told_at_the_start() {
    let hashes = many();
    let (half, other_half) = hashes.split_at(25_000);
    let mut swapped: Vec<&Hash> = other_half.iter().chain(half).collect();
    let cases = [
        (file(half, "\n", true), "is not complete", "a download that was interrupted"),
        (file(swapped.iter().copied(), "\n", true), "is not in the order", "two lists in a row"),
        (file(&[[0; 20]], "\n\n", true), "has no line like", "an empty line at the end"),
        (file(&[], "\n", false), "has no line like", "an empty file"),
    ];
    for (file, expected, why) in cases {
        let error = open(&file).unwrap_err().to_string();
        assert!(error.contains(expected), "{why}: {error}");
    }
    swapped.truncate(1);
    let mut ntlm = file(swapped, "\n", true);
    write!(ntlm, "8846F7EAEE8FB117AD06BDD830B7586C:52579").unwrap();
    let error = open(&ntlm).unwrap_err().to_string();
    assert!(error.contains("without `-n`"), "{error}");

    let folder = tempfile::tempdir().unwrap();
    let patience = Duration::from_secs(30);
    let error = BreachedPasswords::open(folder.path().to_owned(), patience).unwrap_err();
    assert!(error.to_string().contains("is not a file"), "{error}");
    let error = BreachedPasswords::open(folder.path().join("none"), patience).unwrap_err();
    assert!(error.to_string().contains("No such file"), "{error}");
}

#[tokio::test]
async fn the_file_may_be_replaced_but_a_bad_one_is_never_taken_for_an_answer() {
    let hashes = many();
    let current = file(&hashes, "\n", true);
    let list = open(&current).unwrap();
    assert!(list.contains(&password(7)).await.unwrap());

    let without: Vec<&Hash> = hashes.iter().filter(|hash| **hash != sha1(&password(7))).collect();
    let next = file(without.iter().copied(), "\n", true);
    std::fs::rename(next.path(), current.path()).unwrap();
    assert!(!list.contains(&password(7)).await.unwrap());
    assert!(list.contains(&password(8)).await.unwrap());

    // An interrupted copy over the file.
    std::fs::File::options().write(true).open(current.path()).unwrap().set_len(100_000).unwrap();
    list.contains(&password(7)).await.unwrap_err();
    std::fs::remove_file(current.path()).unwrap();
    list.contains(&password(7)).await.unwrap_err();

    let again = file(&hashes, "\r\n", true);
    std::fs::copy(again.path(), current.path()).unwrap();
    assert!(list.contains(&password(7)).await.unwrap());
}
