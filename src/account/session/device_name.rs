//! The name of a device in plain words.

use super::current::Device;

/// Browsers and the parts of a `User-Agent` that tell them. The first match counts, because most
/// browsers claim to be others as well.
const BROWSERS: [(&str, &str); 12] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("Wget/", "Wget"),
];

/// Operating systems, likewise.
const SYSTEMS: [(&str, &str); 9] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
    ("X11", "Linux"),
];

impl Device {
    /// The browser and the system, like `Firefox (Linux)`. `None` if neither is known. It consists
    /// of names in the lists above only, because it stands in mails to people whose address
    /// somebody else may have entered.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let user_agent = self.user_agent.as_deref().unwrap_or_default();
        let named = |list: &[(&str, &'static str)]| {
            list.iter().find(|(part, _)| user_agent.contains(part)).map(|(_, name)| *name)
        };
        match (named(&BROWSERS), named(&SYSTEMS)) {
            (Some(browser), Some(system)) => Some(format!("{browser} ({system})")),
            (browser, system) => browser.or(system).map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_a_name_made_of_known_words() {
        let cases = [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                Some("Firefox (Linux)"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                Some("Edge (Windows)"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 \
                (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                Some("Safari (iPhone)"),
            ),
            ("curl/8.14.1", Some("curl")),
            ("Win a prize at evil.example", None),
            ("Firefox/1 visit https://evil.example", Some("Firefox")),
            ("", None),
        ];
        for (user_agent, expected) in cases {
            let device = Device { user_agent: Some(user_agent.to_owned()), ..Device::default() };
            assert_eq!(device.name().as_deref(), expected, "{user_agent}");
        }
        assert_eq!(Device::default().name(), None);
    }
}
