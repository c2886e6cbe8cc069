//! Documented routes, operations and parameters.

use std::collections::HashMap;

use poem::http::Method;
use poem_openapi::{
    OpenApi,
    registry::{MetaParamIn, MetaResponses},
};
use souk_identity::Permission;

/// End of the addresses of reports as CSV.
const CSV: &str = ".csv";

/// The documented addresses: what a wrong method or path parameter is explained by.
#[derive(Default)]
pub struct RouteTable {
    routes: Vec<Route>,
    /// Route index by path.
    places: matchit::Router<usize>,
}

struct Route {
    /// The names of its parameters, from the left.
    parameters: Vec<String>,
    operations: Vec<Operation>,
}

#[derive(Clone)]
struct Operation {
    method: Method,
    /// Operation id.
    id: &'static str,
    /// Permission that it needs; none for what everybody may do.
    permission: Option<Permission>,
    /// Names of its query parameters.
    parameters: Vec<String>,
    /// True if it answers with JSON or CSV.
    is_report: bool,
}

impl RouteTable {
    /// The addresses of an API.
    pub fn of<A: OpenApi>() -> Self {
        let paths = A::meta().into_iter().flat_map(|api| api.paths);
        let mut table = Self::default();
        for path in paths {
            let operations = path.operations.into_iter().map(|operation| {
                let given = operation.params.into_iter();
                let in_query = given.filter(|parameter| parameter.in_type == MetaParamIn::Query);
                Operation {
                    method: operation.method,
                    id: operation.operation_id.unwrap_or_default(),
                    permission: permission(&operation.security),
                    parameters: in_query.map(|parameter| parameter.name).collect(),
                    is_report: is_report(&operation.responses),
                }
            });
            let operations: Vec<_> = operations.collect();
            let reports = operations.iter().filter(|operation| operation.is_report);
            let tables: Vec<_> = reports.cloned().collect();
            if !tables.is_empty() {
                table.add(&format!("{}{CSV}", path.path), tables.into_iter());
            }
            table.add(&path.path, operations.into_iter());
        }
        table
    }

    fn add(&mut self, template: &str, operations: impl Iterator<Item = Operation>) {
        let mut parameters = Vec::new();
        let segments = template.split('/').map(|segment| {
            let name = segment.strip_prefix('{');
            let Some(name) = name.and_then(|name| name.strip_suffix('}')) else {
                return segment.to_owned();
            };
            parameters.push(name.to_owned());
            // Where two routes part later, they may call the same place differently.
            format!("{{{}}}", parameters.len())
        });
        let path = segments.collect::<Vec<_>>().join("/");
        // Fails where there are two of the same address: the first is the one that is asked.
        if self.places.insert(path, self.routes.len()).is_ok() {
            self.routes.push(Route {
                parameters,
                operations: operations.collect(),
            });
        }
    }

    /// The query parameters of the operation that a request asks for; none if there is no such operation.
    pub fn query_parameters(&self, method: &Method, path: &str) -> Option<&[String]> {
        let operation = self.asked(method, path)?;
        Some(&operation.parameters)
    }

    /// The methods an address takes, as the `Allow` header lists them.
    pub fn allowed(&self, path: &str) -> String {
        // The pages beside the API, such as `/docs`, can only be read.
        let mut methods = self.find(path).map_or_else(
            || vec!["GET"],
            |route| {
                let operations = route.operations.iter();
                operations
                    .map(|operation| operation.method.as_str())
                    .collect()
            },
        );
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.sort_unstable();
        methods.join(", ")
    }

    /// The names of all operations.
    pub fn operations(&self) -> impl Iterator<Item = &'static str> {
        let operations = self.routes.iter().flat_map(|route| &route.operations);
        operations.map(|operation| operation.id)
    }

    /// The name of the operation that a request asks for; none if there is no such address, or not with this method.
    pub fn operation(&self, method: &Method, path: &str) -> Option<&'static str> {
        self.asked(method, path).map(|operation| operation.id)
    }

    /// Permission of the operation that a request asks for; none if it needs none, or there is no such operation.
    pub fn permission(&self, method: &Method, path: &str) -> Option<Permission> {
        self.asked(method, path)?.permission
    }

    /// The address of the report that an address shows as CSV; none if it is no such address.
    pub fn report_of<'p>(&self, path: &'p str) -> Option<&'p str> {
        let report = path.strip_suffix(CSV)?;
        let route = self.find(path)?;
        let is_report = route.operations.iter().all(|operation| operation.is_report);
        is_report.then_some(report)
    }

    fn asked(&self, method: &Method, path: &str) -> Option<&Operation> {
        let route = self.find(path.trim_end_matches('/'))?;
        // Who asks for the head only asks for the same.
        let is_asked = |operation: &&Operation| {
            operation.method == *method
                || (*method == Method::HEAD && operation.method == Method::GET)
        };
        route.operations.iter().find(is_asked)
    }

    /// The name of an address's parameter of a number, from 0.
    pub fn parameter(&self, path: &str, index: usize) -> Option<String> {
        self.find(path)?.parameters.get(index).cloned()
    }

    /// The route of an address: of several, as of `/products/batch`, the one with the fewest parameters.
    fn find(&self, path: &str) -> Option<&Route> {
        let place = self.places.at(path).ok()?;
        self.routes.get(*place.value)
    }
}

/// Permission that stands in the place of a security scheme, see [`Allowed`](super::Allowed).
fn permission(security: &[HashMap<&'static str, Vec<&'static str>>]) -> Option<Permission> {
    let mut names = security.iter().flat_map(HashMap::keys);
    names.find_map(|name| name.parse().ok())
}

/// True for answers of either form, JSON or CSV.
fn is_report(responses: &MetaResponses) -> bool {
    let mut content = responses.responses.iter().map(|response| &response.content);
    content.any(|forms| forms.len() > 1 && forms.iter().any(|form| form.content_type == "text/csv"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> RouteTable {
        let mut table = RouteTable::default();
        for (path, operations) in [
            ("/a", &[(Method::GET, "listA")][..]),
            ("/a/{id}", &[(Method::GET, "getA"), (Method::PUT, "putA")]),
            ("/a/batch", &[(Method::POST, "batch")]),
            ("/a/{id}/b/{name}", &[(Method::POST, "addB")]),
        ] {
            let operations = operations.iter().cloned();
            table.add(
                path,
                operations.map(|(method, id)| Operation {
                    method,
                    id,
                    permission: None,
                    parameters: vec![format!("of_{id}")],
                    is_report: false,
                }),
            );
        }
        table
    }

    #[test]
    fn an_operation_is_told_by_address_and_method() {
        let table = table();
        assert_eq!(table.operation(&Method::GET, "/a/"), Some("listA"));
        assert_eq!(table.operation(&Method::HEAD, "/a/7"), Some("getA"));
        assert_eq!(table.operation(&Method::POST, "/a/batch"), Some("batch"));
        assert_eq!(table.operation(&Method::DELETE, "/a/7"), None);
        assert_eq!(table.operation(&Method::GET, "/b"), None);
        assert_eq!(table.operations().count(), 5);
    }

    #[test]
    fn query_parameters_are_those_of_the_operation_alone() {
        let table = table();
        let names = |method, path| table.query_parameters(method, path).map(<[String]>::to_vec);
        assert_eq!(names(&Method::GET, "/a/7/"), Some(vec!["of_getA".into()]));
        assert_eq!(names(&Method::PUT, "/a/7"), Some(vec!["of_putA".into()]));
        assert_eq!(names(&Method::GET, "/b"), None);
    }

    #[test]
    fn methods_are_those_of_the_address() {
        assert_eq!(table().allowed("/a"), "GET, HEAD");
        assert_eq!(table().allowed("/a/7"), "GET, HEAD, PUT");
        assert_eq!(table().allowed("/a/7/b/x"), "POST");
        assert_eq!(table().allowed("/a/batch"), "POST", "the more exact of two");
    }

    #[test]
    fn parameters_are_counted_from_the_left() {
        assert_eq!(table().parameter("/a/7/b/x", 1).as_deref(), Some("name"));
        assert_eq!(table().parameter("/a", 0), None);
    }
}
