package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// agentAudience is the audience of the tokens that pods send to the EKS Pod Identity Agent
// (docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html).
const agentAudience = "pods.eks.amazonaws.com"

// startPodIdentityAgent serves the credentials of EKS Pod Identity to controllers that run with simulated nodes. On a
// node the agent has the address 169.254.170.23; AWS SDKs also accept one of the loopback interface.
func (l *Lab) startPodIdentityAgent(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("Pod Identity agent: %w", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(l.servePodCredentials), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	go func() { _ = server.Serve(listener) }()
	l.agentURL = "http://" + listener.Addr().String() + "/v1/credentials"
	return nil
}

// servePodCredentials answers as the agent does: with credentials for the service account of the token, or with the
// code and the message of the error, which SDKs report.
func (l *Lab) servePodCredentials(w http.ResponseWriter, request *http.Request) {
	namespace, account, err := l.reviewToken(request.Context(), request.Header.Get("Authorization"))
	if err != nil {
		refuseCredentials(w, err)
		return
	}
	made, err := l.account.AssumeRoleForPodIdentity(request.Context(), l.Stack.Cluster.ARN, namespace, account)
	if err != nil {
		refuseCredentials(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"AccessKeyId": made.AccessKeyID, "SecretAccessKey": made.SecretAccessKey,
		"Token": made.SessionToken, "AccountId": l.Stack.Account, "Expiration": made.Expires.UTC().Format(time.RFC3339)})
}

func refuseCredentials(w http.ResponseWriter, err error) {
	code, message, _ := strings.Cut(err.Error(), ": ")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"code": code, "message": message})
}

// reviewToken returns the service account of a token for the agent.
func (l *Lab) reviewToken(ctx context.Context, token string) (namespace, account string, err error) {
	review, err := l.client.AuthenticationV1().TokenReviews().Create(ctx, &authenticationv1.TokenReview{
		Spec: authenticationv1.TokenReviewSpec{Token: token, Audiences: []string{agentAudience}}}, metav1.CreateOptions{})
	if err != nil {
		return "", "", err
	}
	parts := strings.Split(review.Status.User.Username, ":")
	if !review.Status.Authenticated || len(parts) != 4 || parts[0] != "system" || parts[1] != "serviceaccount" {
		return "", "", fmt.Errorf("InvalidTokenException: %s", review.Status.Error)
	}
	return parts[2], parts[3], nil
}
