package cluster

import (
	"path/filepath"

	"eksnet/lab/build"
	"eksnet/lab/cri"
)

// istiodAddress is where istiod serves its readiness with simulated nodes. By default that is port 8080, which is also
// that of the load balancer controller's metrics.
const istiodAddress = "127.0.0.1:15080"

// newIstiod returns Istio's control plane. The API server calls its webhooks on their port, at the addresses of its
// pods.
func (l *Lab) newIstiod() *controller {
	return &controller{lab: l, controllerProgram: controllerProgram{name: build.Istiod, title: "istiod", path: l.Tools.Istiod,
		readiness: "http://" + istiodAddress + "/ready", withoutRole: true,
		complete: func(arguments []string, _ string) []string { return append(arguments, "--httpAddr="+istiodAddress) }}}
}

// imageOf returns the name of the image of a controller, which is that of the controller for all but istiod.
func imageOf(controller string) string {
	if controller == build.Istiod {
		return build.Pilot
	}
	return controller
}

// istiodImage returns the program of istiod's image.
func (l *Lab) istiodImage(image string) (cri.Program, error) {
	program, err := l.controllerImage(image, l.Tools.Istiod)
	program.Env = []string{"PATH=" + l.searchPath()} // it does not call AWS
	return program, err
}

// agentCommand is the name of Istio's agent in the image of proxies, which istiod's template also runs by exec.
const agentCommand = "pilot-agent"

// proxyImage returns the program that runs in the place of a proxy. The agent is the entrypoint of the image
// (istio.io/istio, pilot/docker/Dockerfile.proxyv2).
func (l *Lab) proxyImage(image string, programs []string) (cri.Program, error) {
	program, err := l.controllerImage(image, l.Tools.Istiod)
	if err != nil {
		return program, err
	}
	command := filepath.Join("/usr/local/bin", agentCommand)
	return cri.Program{Command: []string{command}, Env: []string{"PATH=" + l.searchPath()}, Programs: append(programs, filepath.Dir(l.Tools.Istiod)),
		Files: map[string]string{command: "#!/bin/sh\nexec '" + l.Tools.Istiod + "' agent \"$@\"\n"}}, nil
}
