package wire

import (
	"bufio"
	"context"
	"net"
	"sync"
)

// Handler answers one request.
type Handler func(ctx context.Context, request *Message) *Message

// Server writes the answers of its handler byte for byte. It adds nothing.
type Server struct {
	listener net.Listener
	handle   Handler
	limit    int64
	ctx      context.Context
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

// Serve answers every request that comes to the listener, until Close. limit is that of a request's body, in bytes.
func Serve(ctx context.Context, listener net.Listener, limit int64, handle Handler) *Server {
	s := &Server{listener: listener, handle: handle, limit: limit}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.running.Go(s.accept)
	return s
}

// Close ends every connection, and returns when the handlers have.
func (s *Server) Close() {
	s.cancel()
	_ = s.listener.Close()
	s.running.Wait()
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.running.Go(func() { s.serve(conn) })
	}
}

// serve answers the requests of one connection, one after the other. What is no request ends it.
func (s *Server) serve(conn net.Conn) {
	defer context.AfterFunc(s.ctx, func() { _ = conn.Close() })()
	defer func() { _ = conn.Close() }()
	r := bufio.NewReader(conn)
	for {
		request, err := ReadRequest(r, s.limit)
		if err != nil {
			return
		}
		answer := s.handle(s.ctx, request)
		if _, err := conn.Write(answer.Bytes()); err != nil || answer.UntilClose() {
			return
		}
	}
}
