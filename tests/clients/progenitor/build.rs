//! Generates the client.

use std::{env, error::Error, fs, path::PathBuf};

use progenitor::{GenerationSettings, Generator};

fn main() -> Result<(), Box<dyn Error>> {
    let document = env::var("OPENAPI").unwrap_or_else(|_| "../../../openapi.yaml".to_owned());
    println!("cargo::rerun-if-env-changed=OPENAPI");
    println!("cargo::rerun-if-changed={document}");

    // progenitor gives a type to replies in `application/json` and leaves others
    // as bytes; how a problem is called makes no difference to reading it.
    let document =
        fs::read_to_string(document)?.replace("application/problem+json", "application/json");

    let mut settings = GenerationSettings::new();
    // Its own merge patch can't send `null`.
    settings.with_replacement("UpdateMe", "crate::UpdateMe", std::iter::empty());

    let tokens = Generator::new(&settings).generate_tokens(&serde_yaml::from_str(&document)?)?;
    let client = prettyplease::unparse(&syn::parse2(tokens)?);
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("client.rs"), client)?;
    Ok(())
}
