package soup

import (
	"io"
	"net"
	"time"
)

// pieceMax is how much is written at once: of that much, something must be taken within SendWait.
const pieceMax = 64 << 10

// reader is one who listens.
type reader struct {
	server *Server
	conn   net.Conn
	login  Login
	terms  Terms
	log    *Log
	at     int64 // at is how far he has got it.
}

// begin finds where he wants to begin; it is false when that is not there.
func (r *reader) begin() bool {
	if r.login.Session != "" && r.login.Session != r.log.Name() {
		return false
	}
	upTo, _, _ := r.log.heard(r.terms.Late, r.server.config.Now())
	if r.login.Next == 0 {
		r.login.Next = upTo.count + 1
	}
	if r.login.Next > upTo.count+1 {
		return false
	}
	at, err := r.log.find(r.login.Next, upTo)
	r.at = at
	return err == nil
}

// hear takes what the other side says, until it is silent for too long, says goodbye, or says what is none of the protocol.
func (r *reader) hear() {
	buffer := make([]byte, packetMax)
	for {
		_ = r.conn.SetReadDeadline(time.Now().Add(r.server.config.SilenceMax))
		packet, err := readPacket(r.conn, buffer)
		if err != nil {
			return
		}
		switch packet[0] {
		case packetAlive, packetDebug, packetUnsequenced:
		default: // Also packetLogout.
			return
		}
	}
}

// send sends what there is and what comes, until the other side is gone or takes nothing, or the session is over.
func (r *reader) send(gone <-chan struct{}) {
	c := r.server.config
	if !r.write(accepted(r.log.Name(), r.login.Next)) {
		return
	}
	beat, check := time.NewTicker(c.BeatEvery), time.NewTicker(c.CheckEvery)
	defer beat.Stop()
	defer check.Stop()
	piece := make([]byte, pieceMax)
	for {
		upTo, news, over := r.log.heard(r.terms.Late, c.Now())
		if r.at < upTo.size {
			if !r.sendUpTo(upTo.size, piece) {
				return
			}
			beat.Reset(c.BeatEvery)
			continue
		}
		if over {
			r.write([]byte{0, 1, packetEnd})
			return
		}
		if r.terms.Late > 0 {
			news = nil // What is new is none for him; he is looked after with every heartbeat.
		}
		select {
		case <-news:
		case <-beat.C:
			if !r.write([]byte{0, 1, packetHeartbeat}) {
				return
			}
		case <-check.C:
			if terms, err := c.Enter(r.server.ctx, r.login); r.server.ctx.Err() == nil && (err != nil || terms != r.terms) {
				c.Log.Info("who hears the feed may not any more, or otherwise", "from", r.login.Remote, "err", err)
				return
			}
		case <-gone:
			return
		case <-r.server.ctx.Done():
			return
		}
	}
}

// sendUpTo copies the file to the other side.
func (r *reader) sendUpTo(size int64, piece []byte) bool {
	for r.at < size {
		n, err := r.log.file.ReadAt(piece[:min(int64(len(piece)), size-r.at)], r.at)
		if err != nil && (err != io.EOF || n == 0) || !r.write(piece[:n]) {
			return false
		}
		r.at += int64(n)
	}
	return true
}

func (r *reader) write(b []byte) bool {
	_ = r.conn.SetWriteDeadline(time.Now().Add(r.server.config.SendWait))
	_, err := r.conn.Write(b)
	return err == nil
}
