//! The bodies of replies, as they are sent.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, SizeHint};

use super::activity::UnderWay;

/// The maximum number of bytes that are passed on at once. The reply counts as being sent until
/// the last of them is.
const PIECE: usize = super::HEAD;

/// The body of a reply. It is passed on in pieces when the client takes them, without a copy.
pub(super) struct ReplyBody {
    body: BoxBody<Bytes, io::Error>,
    /// What is left of the last frame of the body.
    rest: Bytes,
    /// Whether a part of the body was passed on.
    has_begun: bool,
    request: UnderWay,
}

impl ReplyBody {
    pub(super) fn new(body: BoxBody<Bytes, io::Error>, request: UnderWay) -> Self {
        Self { body, rest: Bytes::new(), has_begun: false, request }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(frame) => return Poll::Ready(Some(Ok(frame))),
                },
                end => return Poll::Ready(end),
            }
        }
        // Most bodies have one piece, which needs no look at the clock.
        if std::mem::replace(&mut self.has_begun, true) {
            self.request.note_progress();
        }
        let length = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut sum = SizeHint::new();
        sum.set_lower(hint.lower() + rest);
        if let Some(upper) = hint.upper() {
            sum.set_upper(upper + rest);
        }
        sum
    }
}
