// Package kube simulates the Kubernetes API server: it validates, defaults and admits objects, and has the controllers
// that run in EKS's control plane. It also has the waits of the provider kubernetes.
package kube
