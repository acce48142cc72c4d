// Package build makes what the lab runs: Kubernetes, the controllers and Helm from the Go modules that lab/go.mod pins, and moto from the
// packages that lab/requirements.txt pins. What was made is kept, and made again only when those files, the compiler or Python change.
package build
