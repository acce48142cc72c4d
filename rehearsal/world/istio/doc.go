// Package istio simulates Istio: the webhooks of istiod, the proxies that it injects, and the routes of its gateways.
package istio
