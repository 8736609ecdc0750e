//! `/health`: for whoever keeps the service running.

use std::sync::Arc;

use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use super::Tag;
use super::code::Code;
use super::problem::{Answer, Codes};
use crate::account::Context;

/// Liveness and readiness.
#[derive(Default)]
pub(crate) struct HealthApi;

/// How the service is.
#[derive(Object)]
#[oai(example)]
struct Health {
    /// Always `ok`: when it is not, the reply is a problem.
    status: HealthStatus,
}

impl Example for Health {
    fn example() -> Self {
        Self { status: HealthStatus::Ok }
    }
}

#[derive(Enum)]
#[oai(rename_all = "snake_case")]
enum HealthStatus {
    /// All is well.
    Ok,
}

#[derive(ApiResponse)]
enum Healthy {
    /// All is well.
    #[oai(status = 200)]
    Ok(Json<Health>),
}

const HEALTHY: Healthy = Healthy::Ok(Json(Health { status: HealthStatus::Ok }));

/// Not being ready is an answer, not a fault.
#[derive(Debug)]
struct ReadyCodes;

impl Codes for ReadyCodes {
    const CODES: &'static [Code] = &[Code::ServiceUnavailable];
}

#[OpenApi(prefix_path = "/health", tag = "Tag::Health")]
impl HealthApi {
    /// Is it alive?
    ///
    /// Answers as long as the process runs. When it does not, start it anew.
    #[oai(path = "/live", method = "get", operation_id = "getLiveness")]
    async fn live(&self) -> Healthy {
        HEALTHY
    }

    /// Is it ready?
    ///
    /// Answers 200 while the database is reachable and has every migration.
    /// When it does not, send requests elsewhere.
    #[oai(path = "/ready", method = "get", operation_id = "getReadiness")]
    async fn ready(&self, context: Data<&Arc<Context>>) -> Answer<Healthy, ReadyCodes> {
        if context.store.is_ready().await {
            Ok(HEALTHY)
        } else {
            Err(Code::ServiceUnavailable.into())
        }
    }
}
