//! The catalogue of limits.

/// Makes [`Limit`] from the rows of the catalogue. A row consists of a comment that says what
/// is limited, the variant, its name on the command line and in replies, and the default.
macro_rules! catalogue {
    ($($(#[$comment:meta])+ $limit:ident $name:literal $max:literal;)+) => {
        /// A limit of requests within an hour.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Limit {
            $($(#[$comment])+ $limit,)+
        }

        impl Limit {
            /// All limits.
            pub const ALL: &'static [Self] = &[$(Self::$limit,)+];
            const DEFAULTS: [u32; Self::ALL.len()] = [$($max,)+];

            /// The name of the limit, which never changes.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$limit => $name,)+
                }
            }
        }
    };
}

catalogue! {
    /// Wrong passwords from one client for one account that was never opened from it.
    LoginClientAccount "login-client-account" 20;
    /// Wrong passwords from one client, for all accounts together that were never opened from it.
    LoginClient "login-client" 100;
    /// Wrong passwords for one account, from all clients together from which it was never opened.
    LoginAccount "login-account" 100;
    /// Wrong passwords for one account from one client from which it was opened before.
    LoginKnownClient "login-known-client" 20;
    /// Wrong passwords of one user who is logged in.
    Reauthentication "reauthentication" 10;
    /// Addresses that one client signs up with or adds to an account.
    AddressClient "address-client" 30;
    /// Addresses that all clients together sign up with or add to accounts.
    Address "address" 2000;
    /// Verification mails that one client requests again.
    VerificationClient "verification-client" 10;
    /// Verification mails to one mailbox that one client requests from accounts.
    VerificationAddress "verification-address" 10;
    /// Verification mails to one mailbox because users sign up with it.
    SignUpAddress "sign-up-address" 10;
    /// Notices to one mailbox about accounts whose users have not verified it.
    UnverifiedNotice "unverified-notice" 2;
    /// Verification mails that all clients together request again.
    Verification "verification" 2000;
    /// Password resets that one client requests.
    ResetClient "reset-client" 5;
    /// Password resets that are requested for one mailbox.
    ResetAddress "reset-address" 5;
    /// Password resets for one account from one device on which it was opened before.
    ResetKnownClient "reset-known-client" 5;
    /// Password resets that all clients together request.
    Reset "reset" 1000;
    /// Codes for phone numbers that one client requests.
    CodeClient "code-client" 5;
    /// Codes for phone numbers of one country that all clients together request.
    CodeCountry "code-country" 100;
    /// Codes for phone numbers that all clients together request.
    Code "code" 500;
}

impl Limit {
    /// The limit with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|limit| limit.name() == name)
    }

    /// Whether the limit counts the requests of one client, who may know how many are left.
    /// The other limits would reveal what other clients do.
    pub(super) const fn is_of_client(self) -> bool {
        matches!(
            self,
            Self::LoginClientAccount
                | Self::LoginClient
                | Self::LoginKnownClient
                | Self::Reauthentication
                | Self::AddressClient
                | Self::VerificationClient
                | Self::VerificationAddress
                | Self::ResetClient
                | Self::ResetKnownClient
                | Self::CodeClient
        )
    }
}

/// The maximum of every limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits([u32; Limit::ALL.len()]);

impl Default for Limits {
    fn default() -> Self {
        Self(Limit::DEFAULTS)
    }
}

impl Limits {
    /// The maximum of a limit.
    #[must_use]
    pub fn max(&self, limit: Limit) -> u32 {
        self.0.get(limit as usize).copied().unwrap_or_default()
    }

    /// The same limits, but for one.
    #[must_use]
    pub fn with(mut self, limit: Limit, max: u32) -> Self {
        if let Some(slot) = self.0.get_mut(limit as usize) {
            *slot = max;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_is_found_by_its_name_and_can_be_set() {
        for limit in Limit::ALL {
            assert_eq!(Limit::from_name(limit.name()), Some(*limit));
            assert_eq!(Limits::default().with(*limit, 7).max(*limit), 7);
        }
        assert_eq!(Limit::from_name("unheard-of"), None);
    }
}
