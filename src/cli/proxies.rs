//! The flags that say which reverse proxies name the client.

use clap::Args;

use crate::api::{ForwardedHeader, TrustedProxies, TrustedProxy};

/// The flags that say which reverse proxies name the client.
#[derive(Clone, Debug, Args)]
pub struct ProxyArgs {
    /// The addresses or networks of your reverse proxies, like `127.0.0.1` or `10.1.0.0/16`,
    /// separated by commas. They are trusted to name the client. Without this flag, the client is
    /// the peer of the connection, and no header can change that.
    #[arg(
        long,
        env = "CURRENT_USER_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_name = "ADDRESSES"
    )]
    trusted_proxies: Vec<TrustedProxy>,

    /// The header in which these proxies name the client: `x-forwarded-for` or `forwarded`
    /// (RFC 7239). They must set it in every request. The other header is never read.
    #[arg(
        long,
        env = "CURRENT_USER_FORWARDED_HEADER",
        default_value = "x-forwarded-for",
        value_name = "HEADER"
    )]
    forwarded_header: ForwardedHeader,
}

impl ProxyArgs {
    /// Whether no proxy is trusted.
    #[must_use]
    pub fn trusts_nobody(&self) -> bool {
        self.trusted_proxies.is_empty()
    }

    /// The trusted proxies.
    #[must_use]
    pub fn trusted(&self) -> TrustedProxies {
        let (addresses, header) = (self.trusted_proxies.clone(), self.forwarded_header);
        TrustedProxies { addresses, header }
    }
}
