package cluster

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/build"
	"eksnet/lab/process"
)

// controller is the one program that the kubelet runs: the load balancer controller, as the pods of its Deployment say. It is one process
// for all of them, since each would take the same ports of this one machine; every pod's address leads to it.
type controller struct {
	lab *Lab

	// changing is held for as long as the process is started or stopped, mutex for a moment.
	changing sync.Mutex
	process  *process.Process

	mutex sync.Mutex
	pod   *corev1.Pod // the newest, whose specification runs
	held  bool        // stopped by hand
	ready bool
}

const (
	// probe is where the chart's readiness probe asks.
	probe = "http://127.0.0.1:61779/readyz"
	// tokenLife is longer than a lab stays. EKS gives an hour and the kubelet a new one in time.
	tokenLife = 30 * 24 * time.Hour
	// roleAnnotation is where EKS's pod identity webhook finds a service account's role.
	roleAnnotation = "eks.amazonaws.com/role-arn"
)

// runs tells whether the program is what a pod holds.
func (c *controller) runs(pod *corev1.Pod) bool {
	return pod.Labels["app.kubernetes.io/instance"] == c.lab.Stack.Release.Name && pod.Namespace == c.lab.Stack.Release.Namespace
}

// follow runs what the newest pod says. A pod with another template replaces the process.
func (c *controller) follow(ctx context.Context, pods []corev1.Pod) {
	var newest *corev1.Pod
	for i, pod := range pods {
		if c.runs(&pod) && pod.DeletionTimestamp == nil && pod.Spec.NodeName != "" && (newest == nil || newest.CreationTimestamp.Before(&pod.CreationTimestamp)) {
			newest = &pods[i]
		}
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.held || newest == nil || c.pod != nil && template(c.pod) == template(newest) {
		return
	}
	c.pod = newest.DeepCopy()
	go func() {
		if err := c.restart(ctx); err != nil && ctx.Err() == nil {
			c.lab.group.Fail(err)
		}
	}()
}

func template(pod *corev1.Pod) string { return pod.Labels["pod-template-hash"] }

// answersFor tells whether what a pod holds is ready: whatever is no controller is.
func (c *controller) answersFor(pod *corev1.Pod) (bool, string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.runs(pod) && !(c.ready && template(pod) == template(c.pod)) {
		return false, "the controller does not run, or is not ready"
	}
	return true, ""
}

// stop ends the process and holds it down.
func (c *controller) stop() {
	c.changing.Lock()
	defer c.changing.Unlock()
	c.set(true, false)
	c.end()
}

// set notes whether the process is held down, and whether it is ready.
func (c *controller) set(held, ready bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.held, c.ready = held, ready
}

// end ends the process, if there is one.
func (c *controller) end() {
	if c.process != nil {
		c.process.Stop()
		c.process = nil
	}
}

// resume starts it again.
func (c *controller) resume(ctx context.Context) error {
	c.mutex.Lock()
	started := c.pod != nil
	c.mutex.Unlock()
	if !started {
		return fmt.Errorf("the load balancer controller has no pod yet")
	}
	return c.restart(ctx)
}

// restart starts the process by the newest pod's specification and waits until it is ready.
func (c *controller) restart(ctx context.Context) error {
	c.changing.Lock()
	defer c.changing.Unlock()
	c.set(false, false)
	c.end()
	c.mutex.Lock()
	pod := c.pod
	c.mutex.Unlock()
	spec, err := c.spec(ctx, pod)
	if err != nil {
		return fmt.Errorf("load balancer controller: %w", err)
	}
	if c.process, err = c.lab.group.Start(ctx, spec); err != nil {
		return err
	}
	c.set(false, true)
	c.lab.say("the load balancer controller is ready")
	return nil
}

// spec is the container of the pod as a process: its arguments and environment, its certificate, and its service account's token, once
// for the API server and once for AWS, as EKS's pod identity webhook gives it.
func (c *controller) spec(ctx context.Context, pod *corev1.Pod) (process.Spec, error) {
	container := pod.Spec.Containers[0]
	certificates := c.lab.path("controller", "certificates")
	if err := c.mountSecrets(ctx, pod, certificates); err != nil {
		return process.Spec{}, err
	}
	identity, err := c.identity(ctx, pod)
	if err != nil {
		return process.Spec{}, err
	}
	token, err := c.token(ctx, pod)
	if err != nil {
		return process.Spec{}, err
	}
	if err := c.lab.writeKubeconfig("controller/kubeconfig", token); err != nil {
		return process.Spec{}, err
	}
	environment := c.lab.awsEnvironment(identity...)
	for _, variable := range container.Env {
		environment = append(environment, variable.Name+"="+variable.Value)
	}
	return process.Spec{Name: build.LoadBalancerController, Path: c.lab.Tools.Path(build.LoadBalancerController), Env: environment,
		Args: append(container.Args, "--kubeconfig="+c.lab.path("controller", "kubeconfig"), "--webhook-cert-dir="+certificates,
			"--enable-leader-election=false"), // it is alone
		Ready: answers(http.DefaultClient, probe)}, nil
}

// mountSecrets writes the pod's Secrets, of which the chart has one, into a folder.
func (c *controller) mountSecrets(ctx context.Context, pod *corev1.Pod, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, volume := range pod.Spec.Volumes {
		if volume.Secret == nil {
			continue
		}
		secret, err := c.lab.client.CoreV1().Secrets(pod.Namespace).Get(ctx, volume.Secret.SecretName, metav1.GetOptions{})
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

// identity is what leads the AWS SDK to the service account's role.
func (c *controller) identity(ctx context.Context, pod *corev1.Pod) ([]string, error) {
	account, err := c.lab.client.CoreV1().ServiceAccounts(pod.Namespace).Get(ctx, pod.Spec.ServiceAccountName, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	role := account.Annotations[roleAnnotation]
	if role == "" {
		return nil, fmt.Errorf("service account %s has no annotation %s, so the controller has no role", account.Name, roleAnnotation)
	}
	token, err := c.token(ctx, pod, "sts.amazonaws.com")
	if err != nil {
		return nil, err
	}
	file := c.lab.path("controller", "token")
	return []string{"AWS_ROLE_ARN=" + role, "AWS_WEB_IDENTITY_TOKEN_FILE=" + file, "AWS_STS_REGIONAL_ENDPOINTS=regional"},
		os.WriteFile(file, []byte(token), 0o600)
}

// token is one of the pod's service account, for the API server or for the audiences.
func (c *controller) token(ctx context.Context, pod *corev1.Pod, audiences ...string) (string, error) {
	seconds := int64(tokenLife.Seconds())
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{Audiences: audiences, ExpirationSeconds: &seconds}}
	made, err := c.lab.client.CoreV1().ServiceAccounts(pod.Namespace).CreateToken(ctx, pod.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	return made.Status.Token, nil
}
