//! Makes a new language file known to cargo: `include_dir` names the files that
//! it found to the compiler, not the directory that it looked into.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/message/locales");
}
