package cluster

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"eksnet/internal/charts"
	"eksnet/lab/build"
	"eksnet/lab/cri"
)

// program returns the local program that runs in the place of an image. Images are recognized by the last element of
// their repository, so that a mirror's are too.
func (l *Lab) program(image string) (cri.Program, error) {
	search := []string{"PATH=" + l.searchPath()}
	programs := []string{l.Tools.Bin}
	if l.Tools.Machine != "" {
		programs = append(programs, filepath.Dir(l.Tools.Machine)) // with the files that its commands use
	}
	if charts.Get(imageName(image)).Idle {
		return cri.Program{Command: []string{l.Tools.Path(build.Agnhost)}, Args: []string{"pause"}, Env: search, Programs: programs}, nil
	}
	switch imageName(image) {
	case "agnhost":
		return cri.Program{Command: []string{l.Tools.Path(build.Agnhost)}, Args: []string{"pause"}, Env: search, Programs: programs,
			Links: map[string]string{"/agnhost": l.Tools.Path(build.Agnhost)}}, nil
	case "kube-ops-view": // a server on its port; the program is written in Python, and the lab does not have it
		return cri.Program{Command: []string{l.Tools.Path(build.Agnhost)}, Args: []string{"netexec", "--http-port=8080"}, Env: search, Programs: programs}, nil
	case "nginx":
		program := nginx()
		program.Env, program.Programs = search, programs
		return program, nil
	case "netshoot":
		return cri.Program{Command: []string{"sh"}, Env: search, Programs: programs}, nil
	case "docker-2048":
		return cri.Program{Command: []string{l.Self, GameCommand}, Env: search, Programs: programs}, nil
	case "echoserver":
		return cri.Program{Command: []string{l.Self, EchoServerCommand}, Env: search, Programs: programs}, nil
	case "kube-proxy":
		return cri.Program{Env: []string{"PATH=" + l.Tools.Bin + string(filepath.ListSeparator) + l.searchPath()}, Programs: programs}, nil
	case "amazon-k8s-cni-init": // the lab has set up the node
		return cri.Program{Command: []string{"true"}, Env: search, Programs: programs}, nil
	case "amazon-k8s-cni", "aws-network-policy-agent":
		return l.cniStandIn(search, programs), nil
	case "coredns":
		return cri.Program{Command: []string{l.Tools.CoreDNS}, Env: search, Programs: append(programs, filepath.Dir(l.Tools.CoreDNS))}, nil
	case build.LoadBalancerController:
		return l.controllerImage(image, l.Tools.Path(build.LoadBalancerController))
	case build.ExternalDNS:
		return l.controllerImage(image, l.Tools.ExternalDNS)
	case build.Pilot:
		return l.istiodImage(image)
	case build.ProxyV2:
		return l.proxyImage(image, programs)
	}
	return cri.Program{}, fmt.Errorf("the lab has no program for image %s: it has agnhost, coredns, kube-proxy, amazon-k8s-cni, nginx, netshoot, docker-2048, echoserver, kube-ops-view, %s", image,
		strings.Join([]string{charts.CNIMetricsHelper, build.LoadBalancerController, build.ExternalDNS, build.Pilot, build.ProxyV2}, ", "))
}

// controllerImage returns the program of a controller, which calls AWS.
func (l *Lab) controllerImage(image, path string) (cri.Program, error) {
	switch {
	case path == "":
		return cri.Program{}, fmt.Errorf("the lab did not build the program of image %s, because the stack does not have it", image)
	case l.isSuspended(imageName(image)):
		return cri.Program{}, fmt.Errorf("%s is stopped in this lab", image)
	}
	return cri.Program{Command: []string{path}, User: nonRoot, Env: append([]string{"PATH=" + l.searchPath()}, l.podAWSEnvironment()...),
		Programs: []string{filepath.Dir(path)}}, nil
}

// nginx returns this machine's nginx, with the page and the logs of the image (github.com/nginx/docker-nginx). The page
// is where Debian's configuration has it.
func nginx() cri.Program {
	return cri.Program{Command: []string{"nginx"}, Args: []string{"-g", "daemon off;"},
		Writable: []string{"/var/lib/nginx", "/var/log/nginx"},
		Files:    map[string]string{"/var/www/html/index.html": "<!DOCTYPE html>\n<title>Welcome to nginx!</title>\n<h1>Welcome to nginx!</h1>\n"},
		Links:    map[string]string{"/var/log/nginx/access.log": "/dev/stdout", "/var/log/nginx/error.log": "/dev/stderr"}}
}

// imageName returns the last element of an image's repository, without registry, tag and digest.
func imageName(image string) string {
	image, _, _ = strings.Cut(image, "@")
	name := path.Base(image)
	name, _, _ = strings.Cut(name, ":")
	return name
}

// Internal commands that run in the place of images of which the lab has no copy: docker-2048 and echoserver.
const (
	GameCommand       = "game-2048"
	EchoServerCommand = "echo-server"
)

// nonRoot is the user of the controller's image (github.com/GoogleContainerTools/distroless, the tag nonroot).
const nonRoot = 65532
