package workloads

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// app is what tells one application's pods from another's.
type app struct {
	name string
	args []string
	// port is where the container listens.
	port int
	// health is the path that answers 200 once the application can serve: probes and ALBs ask there.
	health string
	// image is the app's own, architecture what that one runs on, as in the label kubernetes.io/arch; "" for any.
	image, architecture string
	// pod and container are what its processes may do.
	pod       *corev1.PodSecurityContextArgs
	container *corev1.SecurityContextArgs
}

var apps = map[string]app{config.AppEcho: echo, config.App2048: game2048}

// appOf is the application of a workload.
func appOf(spec config.Workload) (app, error) {
	found, ok := apps[spec.App]
	if !ok {
		return app{}, fmt.Errorf("app %q; accepted: %s", spec.App, strings.Join(slices.Sorted(maps.Keys(apps)), ", "))
	}
	return found, nil
}

// nodes are those that an image runs on. What a mirror's image runs on is the operator's to know.
func (a app) nodes(image string) pulumi.StringMapInput {
	if a.architecture == "" || image != a.image {
		return nil
	}
	return pulumi.StringMap{"kubernetes.io/arch": pulumi.String(a.architecture)}
}

// runtimeDefault are the system calls that the container runtime lets through.
var runtimeDefault = &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")}

func capabilities(names ...string) pulumi.StringArray { return pulumi.ToStringArray(names) }
