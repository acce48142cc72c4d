package engine

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

// standIn returns the loopback address of the stand-in for a proxy, which connects to API servers of this process only.
// Node reads the stand-in's port from a file.
func (h *Host) standIn(proxy string) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return "", errClosed
	}
	if h.proxy == nil {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", fmt.Errorf("stand-in for the proxy %s: %w", proxy, err)
		}
		h.proxy = listener
		go serveProxy(listener)
	}
	h.proxies[proxy] = h.proxy.Addr().(*net.TCPAddr).Port
	content, err := json.Marshal(h.proxies)
	if err == nil {
		err = os.WriteFile(filepath.Join(h.scratch, "proxies.json"), content, 0o644)
	}
	if err != nil {
		return "", fmt.Errorf("stand-in for the proxy %s: %w", proxy, err)
	}
	return h.proxy.Addr().String(), nil
}

// serveProxy accepts connections until the listener is closed.
func serveProxy(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer client.Close()
			relayClient(client)
		}()
	}
}

// relayClient serves one client of an HTTP or a SOCKS proxy.
func relayClient(client net.Conn) {
	reader := bufio.NewReader(client)
	begin, err := reader.Peek(1)
	if err != nil {
		return
	}
	read := readConnect
	if begin[0] == socksVersion {
		read = readSOCKS
	}
	target, answer, err := read(reader, client)
	if err != nil {
		return
	}
	server := dialAPIServer(target)
	if server == nil {
		answer(false)
		return
	}
	defer server.Close()
	answer(true)
	go func() {
		_, _ = io.Copy(server, reader)
		server.Close()
	}()
	_, _ = io.Copy(client, server)
}

// dialAPIServer connects to the API server that a client requests, and returns nil for any other address.
func dialAPIServer(target string) net.Conn {
	if !isAPIServer(target) {
		return nil
	}
	server, err := net.Dial("tcp", target)
	if err != nil {
		return nil
	}
	return server
}

// readConnect reads the request of an HTTP proxy's client (RFC 9110, 9.3.6).
func readConnect(reader *bufio.Reader, client io.Writer) (target string, answer func(bool), err error) {
	request, err := http.ReadRequest(reader)
	if err == nil && request.Method != http.MethodConnect {
		err = errors.New("not a CONNECT but a " + request.Method)
	}
	if err != nil {
		return "", nil, err
	}
	return request.Host, func(ok bool) {
		line := "HTTP/1.1 403 a rehearsal's proxy connects to the cluster's API only\r\n\r\n"
		if ok {
			line = "HTTP/1.1 200 OK\r\n\r\n"
		}
		_, _ = io.WriteString(client, line)
	}, nil
}

const socksVersion = 5

// readSOCKS reads the greeting and the request of a SOCKS client (RFC 1928), with a name or an IPv4 address.
func readSOCKS(reader *bufio.Reader, client io.Writer) (target string, answer func(bool), err error) {
	var greeting [2]byte
	if _, err = io.ReadFull(reader, greeting[:]); err == nil {
		_, err = reader.Discard(int(greeting[1]))
	}
	if err == nil {
		_, err = client.Write([]byte{socksVersion, 0}) // no authentication
	}
	var request [4]byte
	if err == nil {
		_, err = io.ReadFull(reader, request[:])
	}
	length := net.IPv4len
	if err == nil && request[3] == 3 { // a name is preceded by its length
		var size byte
		size, err = reader.ReadByte()
		length = int(size)
	}
	address := make([]byte, length+2)
	if err == nil {
		_, err = io.ReadFull(reader, address)
	}
	if err != nil {
		return "", nil, err
	}
	host := string(address[:length])
	if request[3] != 3 {
		host = net.IP(address[:length]).String()
	}
	port := int(address[length])<<8 | int(address[length+1])
	return net.JoinHostPort(host, strconv.Itoa(port)), func(ok bool) {
		reply := []byte{socksVersion, 0, 0, 1, 0, 0, 0, 0, 0, 0}
		if !ok {
			reply[1] = 2 // not allowed by ruleset
		}
		_, _ = client.Write(reply)
	}, nil
}
