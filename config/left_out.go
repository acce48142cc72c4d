package config

import "reflect"

// noAuthentication says why no load balancer authenticates users. An ALB reads the client secret of OIDC from a
// Kubernetes Secret (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations,
// auth-idp-oidc).
const noAuthentication = "no load balancer of a stack authenticates users: OIDC would need a client secret in the stack file and in its state, and the applications use no identities; authenticate users in the application, authenticate clients by certificates with mutualTls, or remove it (docs/load-balancing.md#what-is-left-out)"

// leftOutKeys are keys of workloads that a stack file could be expected to have, and why it does not.
var leftOutKeys = map[string]string{"auth": noAuthentication, "authentication": noAuthentication, "cognito": noAuthentication, "oidc": noAuthentication}

// leftOutOf returns the keys that a type does not have on purpose.
func leftOutOf(t reflect.Type) map[string]string {
	if t == reflect.TypeFor[Workload]() {
		return leftOutKeys
	}
	return nil
}
