// Package build builds the lab's programs: Kubernetes, the controllers and Helm from the Go modules that lab/go.mod
// pins, and moto from the packages that lab/requirements.txt pins. The results are cached, and built again only if
// those files, the compiler or Python change.
package build
