//! `/health`: liveness and readiness, for the operator of the service.

use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use crate::api::contract::{ApiResult, Codes, ProblemCode, Tag};
use crate::api::extract::ApiContext;
use crate::api::schema::Json;

/// Liveness and readiness.
#[derive(Default)]
pub(crate) struct HealthApi;

/// The state of the service.
#[derive(Object)]
#[oai(example)]
struct Health {
    /// The state, which is always `ok`. A service that is not ready replies with a problem.
    status: HealthStatus,
}

impl Example for Health {
    fn example() -> Self {
        Self { status: HealthStatus::Ok }
    }
}

/// The state of a service that works.
#[derive(Enum)]
#[oai(rename_all = "snake_case")]
enum HealthStatus {
    /// The service works.
    Ok,
}

#[derive(ApiResponse)]
enum Healthy {
    /// The service works.
    #[oai(status = 200)]
    Ok(Json<Health>),
}

const HEALTHY: Healthy = Healthy::Ok(Json(Health { status: HealthStatus::Ok }));

/// The codes of readiness. The reply of a service that is not ready is no internal error.
#[derive(Debug)]
struct ReadyCodes;

impl Codes for ReadyCodes {
    const CODES: &'static [ProblemCode] = &[ProblemCode::ServiceUnavailable];
}

#[OpenApi(prefix_path = "/health", tag = "Tag::Health")]
impl HealthApi {
    /// Check liveness
    ///
    /// Replies 200 as long as the process runs. Restart the service when it does not reply.
    #[oai(path = "/live", method = "get", operation_id = "getLiveness")]
    async fn live(&self) -> Healthy {
        HEALTHY
    }

    /// Check readiness
    ///
    /// Replies 200 while the database is reachable and has every migration. Send requests to
    /// another node when it does not.
    #[oai(path = "/ready", method = "get", operation_id = "getReadiness")]
    async fn ready(&self, context: &ApiContext) -> ApiResult<Healthy, ReadyCodes> {
        let ready = context.store.is_ready().await.then_some(HEALTHY);
        Ok(ready.ok_or(ProblemCode::ServiceUnavailable)?)
    }
}
