package node

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

var (
	ProxyRuns = store.NewRule("pods connect to Services through kube-proxy",
		`dial tcp %s:443: i/o timeout: kube-proxy does not run`, "https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html")
	ImageNamed = store.NewRule("an image's name is well formed",
		`Failed to apply default image tag %q: couldn't parse image name: invalid reference format`,
		"https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/images/image_manager.go")
	ImageReached = store.NewRule("a node can reach its images' registry",
		`Failed to pull image %q: failed to resolve reference: dial tcp: i/o timeout: %s has no route to %s`,
		"https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html")
	ImageAllowed = store.NewRule("a node's role may pull from private registries",
		`Failed to pull image %q: unexpected status from HEAD request: 403 Forbidden: %s is not allowed %s`,
		"https://docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_EKS.html")
	VolumeExists = store.NewRule("a pod's volumes and variables refer to objects that exist",
		`MountVolume.SetUp failed for volume %q: %s %q not found`, "https://github.com/kubernetes/kubernetes/blob/master/pkg/volume")
	PodAddress = store.NewRule("a pod gets an address from the CNI",
		`Failed to create pod sandbox: plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container on %s`,
		"https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/troubleshooting.md")
	ProbedPort = store.NewRule("a probe's port is a port of the container",
		`Readiness probe errored: couldn't find port: {type: String, value: %s} for container %s`,
		"https://github.com/kubernetes/kubernetes/blob/master/pkg/probe/util.go ResolveContainerPort")
)

// Starter refuses pods whose program would end at once, as a controller without its rights does.
type Starter interface {
	Starts(a *store.Account, node, pod *store.Object, spec *corev1.PodSpec) error
}

// starter is set once, before the first account exists.
var starter Starter

// ConnectStarter sets who refuses pods whose program would end at once.
func ConnectStarter(s Starter) { starter = s }

// StartOnNode starts a pod on a node, with its volumes, address, images and probes, and returns the pod's address.
func StartOnNode(w *store.Account, node, pod *store.Object, d *appsv1.Deployment, owner string) (string, error) {
	spec := &d.Spec.Template.Spec
	if err := store.First(volumesExist(w, pod, spec), imagesPull(w, node, spec, owner), probesWork(spec)); err != nil {
		return "", err
	}
	api := kube.ServiceRange(w, node.Cluster).Addr().Next()
	if err := store.First(ProxyRuns.When(kube.WorkloadOf(w, node.Cluster, "kube-proxy") == nil, api), starter.Starts(w, node, pod, spec), kube.CheckConnections(w, pod, spec)); err != nil {
		return "", err
	}
	if spec.HostNetwork {
		return NodeOf(node).PrivateIP, nil
	}
	if hasBranch(w, node, spec) {
		if err := checkProbes(w, node, pod, spec); err != nil {
			return "", err
		}
		address, fault := createBranchForPod(w, node, pod)
		return address, store.Caused(PodAddress.When(address == "", kube.Name(node)), fault)
	}
	address, fault := addressForPod(w, node)
	return address, store.Caused(PodAddress.When(address == "", kube.Name(node)), fault)
}

// volumesExist refuses volumes and variables from ConfigMaps and Secrets that do not exist.
func volumesExist(w *store.Account, pod *store.Object, spec *corev1.PodSpec) error {
	exists := func(typ, name string) bool {
		return w.Find(pod.Cluster, typ, kube.ObjectID(kube.Namespace(pod), name)) != nil
	}
	for _, volume := range spec.Volumes {
		secret, config := volume.Secret, volume.ConfigMap
		if err := store.First(
			VolumeExists.When(secret != nil && !isOptional(secret.Optional) && !exists(store.SecretType, secret.SecretName), volume.Name, "secret", secretName(secret)),
			VolumeExists.When(config != nil && !isOptional(config.Optional) && !exists(store.ConfigMapType, config.Name), volume.Name, "configmap", configName(config)),
		); err != nil {
			return err
		}
	}
	for i := range spec.Containers {
		for _, from := range spec.Containers[i].EnvFrom {
			secret, config := from.SecretRef, from.ConfigMapRef
			if err := store.First(
				VolumeExists.When(secret != nil && !isOptional(secret.Optional) && !exists(store.SecretType, secret.Name), "envFrom", "secret", fmt.Sprint(secret)),
				VolumeExists.When(config != nil && !isOptional(config.Optional) && !exists(store.ConfigMapType, config.Name), "envFrom", "configmap", fmt.Sprint(config)),
			); err != nil {
				return err
			}
		}
	}
	return nil
}

func isOptional(flag *bool) bool { return flag != nil && *flag }

func secretName(source *corev1.SecretVolumeSource) string {
	if source == nil {
		return ""
	}
	return source.SecretName
}

func configName(source *corev1.ConfigMapVolumeSource) string {
	if source == nil {
		return ""
	}
	return source.Name
}

// imagesPull refuses images that the node cannot pull: an image on the internet needs a route to the internet, one in a
// private ECR registry such a route or the registry's endpoints. EKS keeps the images of its own add-ons in such a
// registry in each region.
func imagesPull(w *store.Account, node *store.Object, spec *corev1.PodSpec, owner string) error {
	for _, container := range slices.Concat(spec.InitContainers, spec.Containers) {
		if err := ImageNamed.When(!kube.ImageReference.MatchString(container.Image), container.Image); err != nil {
			return err
		}
		registry, region := registryOf(container.Image)
		if owner == "eks" {
			registry, region = "EKS's own registry of "+w.Region, w.Region
		}
		if region == "" {
			if err := ImageReached.When(!eks.ReachesInternet(w, node), container.Image, kube.Name(node), registry); err != nil {
				return err
			}
			continue
		}
		if err := store.First(
			ImageReached.When(!eks.ReachesRegistry(w, node, region), container.Image, kube.Name(node), registry),
			OwnedByEKS(container.Image, region),
			mayPull(w, node, container.Image),
		); err != nil {
			return err
		}
	}
	return nil
}

// mayPull refuses a private image that the node's role may not pull.
func mayPull(w *store.Account, node *store.Object, image string) error {
	role := eks.RoleOfNode(w, node)
	for _, action := range []string{"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"} {
		if err := ImageAllowed.When(!iam.IsAllowed(w, role, action, "*", nil), image, IDText(role), action); err != nil {
			return err
		}
	}
	return nil
}

// probesWork refuses probes of named ports that a container does not have; a port number can always be probed.
func probesWork(spec *corev1.PodSpec) error {
	for _, container := range spec.Containers {
		for _, probe := range []*corev1.Probe{container.ReadinessProbe, container.StartupProbe, container.LivenessProbe} {
			port := probedPortOf(probe)
			named := slices.ContainsFunc(container.Ports, func(p corev1.ContainerPort) bool { return p.Name == port.StrVal })
			if err := ProbedPort.When(port.Type == intstr.String && !named, port.StrVal, container.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

func probedPortOf(probe *corev1.Probe) intstr.IntOrString {
	switch {
	case probe == nil:
	case probe.HTTPGet != nil:
		return probe.HTTPGet.Port
	case probe.TCPSocket != nil:
		return probe.TCPSocket.Port
	}
	return intstr.IntOrString{}
}
