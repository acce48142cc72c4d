package cluster

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The names that EKS's webhook uses (github.com/aws/amazon-eks-pod-identity-webhook, README.md). It runs in the control
// plane, and its module is not needed for the few fields that it sets.
const (
	tokenVolume   = "aws-iam-token"
	tokenFolder   = "/var/run/secrets/eks.amazonaws.com/serviceaccount"
	tokenAudience = "sts.amazonaws.com"
	tokenSeconds  = 86400
)

// startPodIdentityWebhook serves and registers the webhook that gives pods the role of their service account. As on
// EKS, a pod is created without a role if the webhook fails.
func (l *Lab) startPodIdentityWebhook(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("pod identity webhook: %w", err)
	}
	signed, key, err := l.authority.Issue("127.0.0.1")
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(signed, key)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(l.serveReview), ReadHeaderTimeout: 10 * time.Second,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}}
	context.AfterFunc(ctx, func() { server.Close() })
	go func() { _ = server.ServeTLS(listener, "", "") }()
	url, ignore, none := "https://"+listener.Addr().String(), admissionregistrationv1.Ignore, admissionregistrationv1.SideEffectClassNone
	webhook := &admissionregistrationv1.MutatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "pod-identity-webhook"},
		Webhooks: []admissionregistrationv1.MutatingWebhook{{
			Name: "iam-for-pods.amazonaws.com", FailurePolicy: &ignore, SideEffects: &none, AdmissionReviewVersions: []string{"v1"},
			ClientConfig: admissionregistrationv1.WebhookClientConfig{URL: &url, CABundle: l.authority.PEM},
			Rules: []admissionregistrationv1.RuleWithOperations{{Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
				Rule: admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}}}},
		}}}
	_, err = l.client.AdmissionregistrationV1().MutatingWebhookConfigurations().Create(ctx, webhook, metav1.CreateOptions{})
	return err
}

func (l *Lab) serveReview(w http.ResponseWriter, request *http.Request) {
	var review admissionv1.AdmissionReview
	if err := json.NewDecoder(request.Body).Decode(&review); err != nil || review.Request == nil {
		http.Error(w, "not an admission review", http.StatusBadRequest)
		return
	}
	response := &admissionv1.AdmissionResponse{UID: review.Request.UID, Allowed: true}
	patch, err := l.patchPod(request.Context(), review.Request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if patch != nil {
		kind := admissionv1.PatchTypeJSONPatch
		response.Patch, response.PatchType = patch, &kind
	}
	review.Request, review.Response = nil, response
	_ = json.NewEncoder(w).Encode(review)
}

// patchPod returns the patch for a pod, nil if its service account has no role.
func (l *Lab) patchPod(ctx context.Context, request *admissionv1.AdmissionRequest) ([]byte, error) {
	var pod corev1.Pod
	if err := json.Unmarshal(request.Object.Raw, &pod); err != nil {
		return nil, err
	}
	account, err := l.client.CoreV1().ServiceAccounts(request.Namespace).Get(ctx, pod.Spec.ServiceAccountName, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	role := account.Annotations[roleAnnotation]
	if role == "" {
		return nil, nil
	}
	addRole(&pod.Spec, role, l.Stack.Region)
	return json.Marshal([]map[string]any{{"op": "replace", "path": "/spec", "value": pod.Spec}})
}

// addRole adds the token of a role and the variables with which the AWS SDK finds it.
func addRole(spec *corev1.PodSpec, role, region string) {
	seconds := int64(tokenSeconds)
	source := corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{
		Audience: tokenAudience, ExpirationSeconds: &seconds, Path: "token"}}}}
	spec.Volumes = append(spec.Volumes, corev1.Volume{Name: tokenVolume, VolumeSource: corev1.VolumeSource{Projected: &source}})
	for i := range spec.Containers {
		c := &spec.Containers[i]
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: tokenVolume, MountPath: tokenFolder, ReadOnly: true})
		for _, variable := range [][2]string{{"AWS_STS_REGIONAL_ENDPOINTS", "regional"}, {"AWS_DEFAULT_REGION", region}, {"AWS_REGION", region},
			{"AWS_ROLE_ARN", role}, {"AWS_WEB_IDENTITY_TOKEN_FILE", tokenFolder + "/token"}} {
			c.Env = append(c.Env, corev1.EnvVar{Name: variable[0], Value: variable[1]})
		}
	}
}
