package cluster

import (
	"context"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/lab/build"
	"eksnet/lab/process"
)

//go:embed resource_controller.yaml
var resourceControllerManifest string

// userResourceController is the user of the VPC resource controller. Its webhook lets no other change the annotation of
// pods (github.com/aws/amazon-vpc-resource-controller-k8s v1.8.2, webhooks/core/annotation_validation_webhook.go).
const userResourceController = "eks:vpc-resource-controller"

// ofEKS is the label that marks objects of EKS in the lab, which belong to each cluster.
const ofEKS = "eks.amazonaws.com/component"

// startResourceController starts EKS's VPC resource controller, which creates trunk and branch interfaces with the
// cluster's role, and registers its webhooks once it is ready.
func (l *Lab) startResourceController(ctx context.Context) error {
	if l.Tools.ResourceController == "" {
		return nil
	}
	objects, webhooks, err := l.resourceControllerObjects()
	if err != nil {
		return err
	}
	if err := l.createAll(ctx, objects); err != nil {
		return err
	}
	spec, err := l.resourceController(ctx)
	if err != nil {
		return fmt.Errorf("VPC resource controller: %w", err)
	}
	if err := l.startControlPlaneProcess(ctx, spec); err != nil {
		return err
	}
	l.logProgress("the VPC resource controller is ready")
	return l.createAll(ctx, webhooks)
}

func (l *Lab) createAll(ctx context.Context, objects []*unstructured.Unstructured) error {
	for _, o := range objects {
		if err := l.create(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// resourceControllerObjects returns the objects that EKS creates for the controller in each cluster, and its webhooks.
func (l *Lab) resourceControllerObjects() (objects, webhooks []*unstructured.Unstructured, err error) {
	manifests := []string{resourceControllerManifest}
	for _, file := range l.Tools.ResourceManifests {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, fmt.Errorf("manifests of the VPC resource controller: %w", err)
		}
		manifests = append(manifests, string(content))
	}
	all, err := decodeObjects(strings.Join(manifests, "\n---\n"))
	for _, o := range all {
		o.SetLabels(map[string]string{ofEKS: build.ResourceController})
		if hooks, found := o.Object["webhooks"].([]any); found {
			setWebhookURLs(hooks, l.authority.PEM)
			// The names that EKS gives them (docs.aws.amazon.com/eks/latest/best-practices/control-plane.html).
			o.SetName("vpc-resource-" + strings.Replace(o.GetName(), "webhook-configuration", "webhook", 1))
			webhooks = append(webhooks, o)
			continue
		}
		objects = append(objects, o)
	}
	return objects, webhooks, err
}

// setWebhookURLs makes the API server call webhooks on its own machine, as on EKS.
func setWebhookURLs(webhooks []any, authority []byte) {
	for _, entry := range webhooks {
		webhook, _ := entry.(map[string]any)
		path, _, _ := unstructured.NestedString(webhook, "clientConfig", "service", "path")
		webhook["clientConfig"] = map[string]any{
			"url":      fmt.Sprintf("https://127.0.0.1:%d%s", build.ResourceControllerWebhooks, path),
			"caBundle": base64.StdEncoding.EncodeToString(authority)}
	}
}

// resourceController returns the process of the controller. It has the credentials of the cluster's role, which EKS
// makes it assume.
func (l *Lab) resourceController(ctx context.Context) (process.Spec, error) {
	// The folder in which controller-runtime looks for the certificate of webhooks.
	certificates := l.path(build.ResourceController, "k8s-webhook-server", "serving-certs")
	certificate, key, err := l.authority.Issue("127.0.0.1")
	if err == nil {
		err = os.MkdirAll(certificates, 0o700)
	}
	if err == nil {
		err = errors.Join(os.WriteFile(filepath.Join(certificates, "tls.crt"), certificate, 0o600),
			os.WriteFile(filepath.Join(certificates, "tls.key"), key, 0o600),
			l.writeKubeconfig(filepath.Join(build.ResourceController, "kubeconfig"), l.tokens[userResourceController]))
	}
	if err != nil {
		return process.Spec{}, err
	}
	metadata, err := l.serveInstanceMetadata(ctx)
	if err != nil {
		return process.Spec{}, err
	}
	return process.Spec{Name: build.ResourceController, Path: l.Tools.ResourceController,
		Env: l.awsEnvironment(append(credentialVariables(l.account.ControlPlane()),
			"TMPDIR="+l.path(build.ResourceController), "AWS_EC2_METADATA_DISABLED=false", "AWS_EC2_METADATA_SERVICE_ENDPOINT="+metadata)...),
		Args: []string{"--cluster-name=" + l.Stack.Cluster.Name, "--vpc-id=" + l.account.VPC(), "--aws-region=" + l.Stack.Region,
			"--kubeconfig=" + l.path(build.ResourceController, "kubeconfig"), "--metrics-bind-address=0", "--introspect-bind-addr=127.0.0.1:0"},
		Ready: resourceControllerReady}, nil
}

// resourceControllerReady checks whether the controller is healthy, and its webhooks accept connections.
func resourceControllerReady(ctx context.Context) error {
	if err := process.CheckStatusOK(http.DefaultClient, fmt.Sprintf("http://127.0.0.1:%d/healthz", build.ResourceControllerHealth))(ctx); err != nil {
		return err
	}
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", build.ResourceControllerWebhooks))
	if err == nil {
		connection.Close()
	}
	return err
}

// serveInstanceMetadata serves what the controller reads from the metadata service of its instance, region and account,
// and returns the URL (github.com/aws/amazon-vpc-resource-controller-k8s v1.8.2, pkg/aws/ec2/api/wrapper.go).
func (l *Lab) serveInstanceMetadata(ctx context.Context) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("instance metadata: %w", err)
	}
	document := fmt.Sprintf(`{"region": %q, "accountId": %q}`, l.Stack.Region, l.Stack.Account)
	mux := http.NewServeMux()
	// docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
	mux.HandleFunc("PUT /latest/api/token", func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", request.Header.Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds"))
		fmt.Fprint(w, "token")
	})
	mux.HandleFunc("GET /latest/dynamic/instance-identity/document", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, document) })
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), nil
}
