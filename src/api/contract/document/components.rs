//! Makes components of the parameters and headers that repeat in the document.

use std::collections::BTreeMap;

use utoipa::openapi::{OpenApi, Paths, Ref, RefOr, Response};

use super::walk::operations;

/// Moves parameters and headers that occur in several places into the components.
pub(super) fn share_repeated(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();

    let parameters = operations(&mut document.paths)
        .flat_map(|operation| operation.parameters.iter_mut().flatten())
        .filter_map(|place| match place {
            RefOr::T(parameter) => Some((parameter.name.clone(), place)),
            RefOr::Ref(_) => None,
        });
    share("parameters", parameters, &mut components.parameters);

    let headers = responses(&mut document.paths, &mut components.responses)
        .flat_map(|response| &mut response.headers)
        .map(|(name, place)| (name.clone(), place));
    share("headers", headers, &mut components.headers);
}

/// Every response: those in the operations, and those that are components.
pub(super) fn responses<'a>(
    paths: &'a mut Paths,
    shared: &'a mut BTreeMap<String, RefOr<Response>>,
) -> impl Iterator<Item = &'a mut Response> {
    let inline = operations(paths).flat_map(|operation| operation.responses.responses.values_mut());
    inline.chain(shared.values_mut()).filter_map(|response| match response {
        RefOr::T(response) => Some(response),
        RefOr::Ref(_) => None,
    })
}

/// Moves each item that repeats into `components`, and replaces it by references. Items that
/// share a name and differ in their values stay in place.
fn share<'a, T: Clone + PartialEq + 'a>(
    kind: &str,
    things: impl Iterator<Item = (String, &'a mut RefOr<T>)>,
    components: &mut BTreeMap<String, RefOr<T>>,
) {
    let mut by_name: BTreeMap<String, Vec<&mut RefOr<T>>> = BTreeMap::new();
    for (name, place) in things {
        by_name.entry(name).or_default().push(place);
    }
    for (name, places) in by_name {
        let Some((first, others)) = places.split_first() else { continue };
        if others.is_empty() || others.iter().any(|other| other != first) {
            continue;
        }
        let component = (*first).clone();
        let reference = Ref::new(format!("#/components/{kind}/{name}"));
        for place in places {
            *place = RefOr::Ref(reference.clone());
        }
        components.insert(name, component);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_is_shared_and_what_differs_is_not() {
        let mut places = [("a", 1), ("b", 2), ("a", 1), ("c", 3), ("c", 4)]
            .map(|(name, value)| (name.to_owned(), RefOr::T(value)));
        let mut components = BTreeMap::new();
        let things = places.iter_mut().map(|(name, place)| (name.clone(), place));
        share("numbers", things, &mut components);

        let a = RefOr::Ref(Ref::new("#/components/numbers/a"));
        let left = places.map(|(_, place)| place);
        assert!(left == [a.clone(), RefOr::T(2), a, RefOr::T(3), RefOr::T(4)]);
        assert!(components == BTreeMap::from([("a".to_owned(), RefOr::T(1))]));
    }
}
