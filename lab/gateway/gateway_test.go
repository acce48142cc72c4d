package gateway

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

func TestAGatewayHasTheHostOfItsFirstAddress(t *testing.T) {
	address := func(value any) any { return map[string]any{"type": "Hostname", "value": value} }
	for want, addresses := range map[string][]any{"": nil, "a.example.com": {address("a.example.com"), address("b.example.com")}} {
		gateway := map[string]any{"status": map[string]any{"addresses": addresses}}
		if got := Host(gateway); got != want {
			t.Errorf("addresses %v: %q, not %q", addresses, got, want)
		}
	}
	if got := Host(map[string]any{"kind": Kind}); got != "" {
		t.Errorf("without a status: %q", got)
	}
}

func TestAGatewayOfIstioIsNoneOfTheGatewayAPI(t *testing.T) {
	for version, want := range map[string]bool{"gateway.networking.k8s.io/v1": true, "networking.istio.io/v1": false} {
		o := &unstructured.Unstructured{Object: map[string]any{"apiVersion": version, "kind": Kind}}
		if IsGateway(o) != want {
			t.Errorf("%s: %t", version, !want)
		}
	}
	if o := (&unstructured.Unstructured{Object: map[string]any{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass"}}); IsGateway(o) {
		t.Error("a GatewayClass is a Gateway")
	}
}

func TestAClusterWithoutTheDefinitionsHasNoObjects(t *testing.T) {
	status, body := http.StatusNotFound, "404 page not found"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	defer server.Close()
	client, err := dynamic.NewForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	if objects, err := List(context.Background(), client, Gateways); err != nil || len(objects) != 0 {
		t.Errorf("without the definition: %v, %v", objects, err)
	}
	status, body = http.StatusOK, `{"kind": "GatewayList", "apiVersion": "gateway.networking.k8s.io/v1", "items": [{"kind": "Gateway", "apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "shop"}}]}`
	if objects, err := List(context.Background(), client, Gateways); err != nil || len(objects) != 1 || objects[0].GetName() != "shop" {
		t.Errorf("with a Gateway: %v, %v", objects, err)
	}
	status, body = http.StatusForbidden, `{"kind": "Status", "status": "Failure", "reason": "Forbidden", "message": "no", "code": 403}`
	if _, err := List(context.Background(), client, Gateways); err == nil || errors.Unwrap(err) == nil {
		t.Errorf("without the permission: %v", err)
	}
}
