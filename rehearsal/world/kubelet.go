package world

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var (
	accountExists = rule("a pod's service account exists",
		`pods "%s-" is forbidden: error looking up service account %s: serviceaccount %q not found`,
		"https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/serviceaccount/admission.go")
	proxyRuns = rule("pods connect to Services through kube-proxy",
		`dial tcp %s:443: i/o timeout: kube-proxy does not run`, "https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html")
	imageNamed = rule("an image's name is well formed",
		`Failed to apply default image tag %q: couldn't parse image name: invalid reference format`,
		"https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/images/image_manager.go")
	imageReached = rule("a node can reach its images' registry",
		`Failed to pull image %q: failed to resolve reference: dial tcp: i/o timeout: %s has no route to %s`,
		"https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html")
	imageAllowed = rule("a node's role may pull from private registries",
		`Failed to pull image %q: unexpected status from HEAD request: 403 Forbidden: %s is not allowed %s`,
		"https://docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_EKS.html")
	volumeExists = rule("a pod's volumes and variables refer to objects that exist",
		`MountVolume.SetUp failed for volume %q: %s %q not found`, "https://github.com/kubernetes/kubernetes/blob/master/pkg/volume")
	podAddress = rule("a pod gets an address from the CNI",
		`Failed to create pod sandbox: plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container on %s`,
		"https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/troubleshooting.md")
	probedPort = rule("a probe's port is a port of the container",
		`Readiness probe errored: couldn't find port: {type: String, value: %s} for container %s`,
		"https://github.com/kubernetes/kubernetes/blob/master/pkg/probe/util.go ResolveContainerPort")
)

// admitPod refuses a pod whose service account does not exist. The account "default" is in every namespace.
func (w *World) admitPod(pod *Object, d *appsv1.Deployment) error {
	account := d.Spec.Template.Spec.ServiceAccountName
	if account == "" || account == "default" {
		return nil
	}
	id := identity(d.Namespace, account)
	return accountExists.when(w.find(pod.Cluster, serviceAccountType, id) == nil, d.Name, id, account)
}

// startOnNode starts a pod on a node, with its volumes, address, images and probes, and returns the pod's address.
func (w *World) startOnNode(node, pod *Object, d *appsv1.Deployment, owner string) (string, error) {
	spec := &d.Spec.Template.Spec
	if err := first(w.volumesExist(pod, spec), w.imagesPull(node, spec, owner), probesWork(spec)); err != nil {
		return "", err
	}
	api := w.serviceRange(node.Cluster).Addr().Next()
	if err := first(proxyRuns.when(w.workloadOf(node.Cluster, "kube-proxy") == nil, api), w.starts(node, pod, spec), w.asksWell(pod, spec)); err != nil {
		return "", err
	}
	if spec.HostNetwork {
		return node.text("internalIP"), nil
	}
	address, fault := w.addressForPod(node)
	return address, caused(podAddress.when(address == "", node.name()), fault)
}

// volumesExist refuses volumes and variables from ConfigMaps and Secrets that do not exist.
func (w *World) volumesExist(pod *Object, spec *corev1.PodSpec) error {
	exists := func(typ, name string) bool {
		return w.find(pod.Cluster, typ, identity(pod.namespace(), name)) != nil
	}
	for _, volume := range spec.Volumes {
		secret, config := volume.Secret, volume.ConfigMap
		if err := first(
			volumeExists.when(secret != nil && !optional(secret.Optional) && !exists(secretType, secret.SecretName), volume.Name, "secret", secretName(secret)),
			volumeExists.when(config != nil && !optional(config.Optional) && !exists(configMapType, config.Name), volume.Name, "configmap", configName(config)),
		); err != nil {
			return err
		}
	}
	for i := range spec.Containers {
		for _, from := range spec.Containers[i].EnvFrom {
			secret, config := from.SecretRef, from.ConfigMapRef
			if err := first(
				volumeExists.when(secret != nil && !optional(secret.Optional) && !exists(secretType, secret.Name), "envFrom", "secret", fmt.Sprint(secret)),
				volumeExists.when(config != nil && !optional(config.Optional) && !exists(configMapType, config.Name), "envFrom", "configmap", fmt.Sprint(config)),
			); err != nil {
				return err
			}
		}
	}
	return nil
}

func optional(flag *bool) bool { return flag != nil && *flag }

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
func (w *World) imagesPull(node *Object, spec *corev1.PodSpec, owner string) error {
	for _, container := range slices.Concat(spec.InitContainers, spec.Containers) {
		if err := imageNamed.when(!imageReference.MatchString(container.Image), container.Image); err != nil {
			return err
		}
		registry, region := registryOf(container.Image)
		if owner == "eks" {
			registry, region = "EKS's own registry of "+w.region, w.region
		}
		if region == "" {
			if err := imageReached.when(!w.reachesInternet(node), container.Image, node.name(), registry); err != nil {
				return err
			}
			continue
		}
		if err := first(
			imageReached.when(!w.reachesRegistry(node, region), container.Image, node.name(), registry),
			ownedByEKS(container.Image, region),
			w.mayPull(node, container.Image),
		); err != nil {
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
			if err := probedPort.when(port.Type == intstr.String && !named, port.StrVal, container.Name); err != nil {
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
