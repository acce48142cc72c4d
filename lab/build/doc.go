// Package build builds the lab's programs: Kubernetes, the controllers and Helm from the Go modules that lab/go.mod
// pins, and installs moto and Checkov from the packages that their requirements.txt pin. The results are cached, and
// built again only if those files, the compiler or Python change.
package build
