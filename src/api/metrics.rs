//! `/metrics`, on a listener of its own, because the counters are not public.

use poem::endpoint::make_sync;
use poem::http::StatusCode;
use poem::{Endpoint, IntoResponse as _, Route, get};

use crate::metrics::Metrics;

/// The media type of OpenMetrics 1.0, which Prometheus reads.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The application that answers `GET /metrics`.
pub fn metrics_app(metrics: Metrics) -> impl Endpoint + 'static {
    let render = make_sync(move |_| match metrics.render() {
        Ok(text) => text.with_content_type(MEDIA_TYPE).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    });
    Route::new().at("/metrics", get(render))
}
