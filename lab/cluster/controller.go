package cluster

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/process"
)

// controllerProgram is a program that the kubelet of simulated nodes runs.
type controllerProgram struct {
	// name is the chart's label of its pods, and the name of its process and folder. title is for people.
	name, title string
	path        string
	// readiness is the URL of the chart's readiness probe.
	readiness string
	// complete returns the arguments of the process for those of the container. Its files are in a folder.
	complete func(arguments []string, folder string) []string
	// withoutRole is set for a program that does not call AWS.
	withoutRole bool
}

// controller is a controllerProgram with the pod template of its Deployment. One process runs for all of its pods,
// because they would use the same ports of this machine; every pod's address reaches it. The other pods have no
// programs.
type controller struct {
	controllerProgram
	lab *Lab

	// changing is locked while the process is started or stopped; mutex guards the fields below it.
	changing sync.Mutex
	process  *process.Process

	mutex     sync.Mutex
	pod       *corev1.Pod // the newest pod, whose spec runs
	suspended bool        // stopped by StopController
	ready     bool
}

const (
	// tokenLife is longer than a lab runs. On EKS tokens are valid for an hour, and the kubelet renews them.
	tokenLife = 30 * 24 * time.Hour
	// roleAnnotation is the annotation of a service account in which EKS's pod identity webhook finds the role.
	roleAnnotation = "eks.amazonaws.com/role-arn"
	// nameLabel is the label with the name of the program in charts.
	nameLabel = "app.kubernetes.io/name"
)

// newControllers returns the controllers that run with simulated nodes.
func (l *Lab) newControllers() []*controller {
	return []*controller{l.newLoadBalancerController(), l.newExternalDNS(), l.newIstiod()}
}

// runs reports whether a pod is one of the controller's, by the chart's label.
func (c *controller) runs(pod *corev1.Pod) bool { return pod.Labels[nameLabel] == c.name }

// runNewest runs the spec of the newest pod. A pod with another template replaces the process, and without pods, as
// after the release is deleted, none runs.
func (c *controller) runNewest(ctx context.Context, pods []corev1.Pod) {
	var newest *corev1.Pod
	for i, pod := range pods {
		if c.runs(&pod) && pod.DeletionTimestamp == nil && pod.Spec.NodeName != "" && (newest == nil || newest.CreationTimestamp.Before(&pod.CreationTimestamp)) {
			newest = &pods[i]
		}
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if newest == nil && c.pod != nil && !c.suspended {
		c.pod, c.ready = nil, false
		go c.end()
	}
	if c.suspended || newest == nil || c.pod != nil && templateHash(c.pod) == templateHash(newest) {
		return
	}
	c.pod = newest.DeepCopy()
	go func(pod *corev1.Pod) {
		if err := c.restart(ctx); err != nil && ctx.Err() == nil && c.current() == pod {
			c.lab.group.Fail(err)
		}
	}(c.pod)
}

// current returns the pod whose spec runs, nil for none.
func (c *controller) current() *corev1.Pod {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.pod
}

func templateHash(pod *corev1.Pod) string { return pod.Labels["pod-template-hash"] }

// isReady reports whether the containers of a pod are ready: always, except those of the controller.
func (c *controller) isReady(pod *corev1.Pod) (bool, string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.runs(pod) && !(c.ready && templateHash(pod) == templateHash(c.pod)) {
		return false, "the controller is not running or not ready"
	}
	return true, ""
}

// end stops the process of deleted pods.
func (c *controller) end() {
	c.changing.Lock()
	defer c.changing.Unlock()
	c.setState(false, false)
	c.stopProcess()
}

// stop stops the process and prevents a restart.
func (c *controller) stop() {
	c.changing.Lock()
	defer c.changing.Unlock()
	c.setState(true, false)
	c.stopProcess()
}

// setState records whether the process is suspended, and whether it is ready.
func (c *controller) setState(suspended, ready bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.suspended, c.ready = suspended, ready
}

// stopProcess stops the process, if there is one.
func (c *controller) stopProcess() {
	if c.process != nil {
		c.process.Stop()
		c.process = nil
	}
}

// resume starts the process again.
func (c *controller) resume(ctx context.Context) error {
	if c.current() == nil {
		return fmt.Errorf("%s has no pod yet", c.title)
	}
	return c.restart(ctx)
}

// restart starts the process with the newest pod's spec and waits until it is ready.
func (c *controller) restart(ctx context.Context) error {
	c.changing.Lock()
	defer c.changing.Unlock()
	c.setState(false, false)
	c.stopProcess()
	pod := c.current()
	if pod == nil {
		return nil
	}
	spec, err := c.processSpec(ctx, pod)
	if err != nil {
		return fmt.Errorf("%s: %w", c.title, err)
	}
	if c.process, err = c.lab.group.Start(ctx, spec); err != nil {
		return err
	}
	c.setState(false, true)
	c.lab.logProgress("%s is ready", c.title)
	return nil
}

// processSpec returns the pod's container as a process: with its arguments and environment, its Secrets, and two tokens
// of its service account, one for the API server and one for AWS, which EKS's pod identity webhook would mount.
func (c *controller) processSpec(ctx context.Context, pod *corev1.Pod) (process.Spec, error) {
	container := pod.Spec.Containers[0]
	if err := c.mountSecrets(ctx, pod, c.folder(certificateFolder)); err != nil {
		return process.Spec{}, err
	}
	var identity []string
	if !c.withoutRole {
		var err error
		if identity, err = c.roleEnvironment(ctx, pod); err != nil {
			return process.Spec{}, err
		}
	}
	token, err := c.createToken(ctx, pod)
	if err != nil {
		return process.Spec{}, err
	}
	if err := c.lab.writeKubeconfig(filepath.Join(c.name, "kubeconfig"), token); err != nil {
		return process.Spec{}, err
	}
	environment := c.lab.awsEnvironment(identity...)
	for _, variable := range container.Env {
		environment = append(environment, variable.Name+"="+valueOf(variable, pod))
	}
	return process.Spec{Name: c.name, Path: c.path, Env: environment, Args: append(c.complete(slices.Clone(container.Args), c.folder()), "--kubeconfig="+c.folder("kubeconfig")),
		Ready: process.CheckStatusOK(http.DefaultClient, c.readiness)}, nil
}

// valueOf returns the value of a variable of a pod's container, which may be a field of the pod. Resources and objects
// are not among the sources that charts of the lab use where it matters: such a variable is empty.
func valueOf(variable corev1.EnvVar, pod *corev1.Pod) string {
	if variable.ValueFrom == nil || variable.ValueFrom.FieldRef == nil {
		return variable.Value
	}
	switch variable.ValueFrom.FieldRef.FieldPath {
	case "metadata.name":
		return pod.Name
	case "metadata.namespace":
		return pod.Namespace
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName
	case "status.podIP":
		return pod.Status.PodIP
	}
	return ""
}

// certificateFolder is the folder of the Secrets of a controller.
const certificateFolder = "certificates"

// folder returns the path of a file in the controller's folder.
func (c *controller) folder(elements ...string) string {
	return c.lab.path(append([]string{c.name}, elements...)...)
}

// mountSecrets writes the pod's Secrets into a folder. Optional ones may be missing.
func (c *controller) mountSecrets(ctx context.Context, pod *corev1.Pod, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, volume := range pod.Spec.Volumes {
		if volume.Secret == nil {
			continue
		}
		secret, err := c.lab.client.CoreV1().Secrets(pod.Namespace).Get(ctx, volume.Secret.SecretName, metav1.GetOptions{})
		if optional := volume.Secret.Optional; apierrors.IsNotFound(err) && optional != nil && *optional {
			continue
		}
		if err != nil {
			return err
		}
		for name, content := range secret.Data {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// roleEnvironment returns the environment variables with which the AWS SDK assumes the service account's role.
func (c *controller) roleEnvironment(ctx context.Context, pod *corev1.Pod) ([]string, error) {
	if c.lab.account.Associated(pod.Namespace, pod.Spec.ServiceAccountName) {
		return c.agentEnvironment(ctx, pod)
	}
	account, err := c.lab.client.CoreV1().ServiceAccounts(pod.Namespace).Get(ctx, pod.Spec.ServiceAccountName, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	role := account.Annotations[roleAnnotation]
	if role == "" {
		return nil, fmt.Errorf("service account %s has no annotation %s, so %s has no role", account.Name, roleAnnotation, c.title)
	}
	token, err := c.createToken(ctx, pod, "sts.amazonaws.com")
	if err != nil {
		return nil, err
	}
	file := c.folder("token")
	return []string{"AWS_ROLE_ARN=" + role, "AWS_WEB_IDENTITY_TOKEN_FILE=" + file, "AWS_STS_REGIONAL_ENDPOINTS=regional"},
		os.WriteFile(file, []byte(token), 0o600)
}

// agentEnvironment returns the environment variables with which the AWS SDK requests credentials from the EKS Pod
// Identity Agent. On EKS the webhook adds them to pods that are created after the association.
func (c *controller) agentEnvironment(ctx context.Context, pod *corev1.Pod) ([]string, error) {
	token, err := c.createToken(ctx, pod, agentAudience)
	if err != nil {
		return nil, err
	}
	file := c.folder("eks-pod-identity-token")
	return []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI=" + c.lab.agentURL, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=" + file},
		os.WriteFile(file, []byte(token), 0o600)
}

// createToken creates a token of the pod's service account, for the API server or for other audiences.
func (c *controller) createToken(ctx context.Context, pod *corev1.Pod, audiences ...string) (string, error) {
	seconds := int64(tokenLife.Seconds())
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{Audiences: audiences, ExpirationSeconds: &seconds}}
	made, err := c.lab.client.CoreV1().ServiceAccounts(pod.Namespace).CreateToken(ctx, pod.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	return made.Status.Token, nil
}
