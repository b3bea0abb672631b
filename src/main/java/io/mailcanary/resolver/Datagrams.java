package io.mailcanary.resolver;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Section;

/// Carries some questions to one server in one go.
///
/// Each go has a port of its own, as a forger has to guess it beside the number, and takes an
/// answer from nobody but that server and to nothing but what was asked (RFC 5452 §9).
final class Datagrams {
  private static final int LARGEST = 4_096;
  private static final int HEADER = 12;

  /// How many datagrams that answer nothing are looked at.
  private static final int MOST_STRAYS = 200;

  private final byte[][] queries;
  private final byte[][] answers;
  private int open;

  private Datagrams(byte[][] queries) {
    this.queries = queries;
    this.answers = new byte[queries.length][0];
    this.open = queries.length;
  }

  /// @param queries as they go over the wire, each with a number of its own
  /// @return the answers in their order; empty where none came in time
  /// @throws IOException when the server can't be reached
  static byte[][] carry(InetSocketAddress server, byte[][] queries, Duration patience)
      throws IOException {
    Datagrams datagrams = new Datagrams(queries);
    datagrams.carry(server, System.nanoTime() + patience.toNanos());
    return datagrams.answers;
  }

  private void carry(InetSocketAddress server, long end) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server);
      for (byte[] query : queries) {
        socket.send(new DatagramPacket(query, query.length));
      }
      DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
      int strays = 0;
      while (open > 0 && strays < MOST_STRAYS) {
        int left = (int) ((end - System.nanoTime()) / 1_000_000);
        if (left <= 0) {
          return;
        }
        socket.setSoTimeout(left);
        packet.setLength(LARGEST);
        socket.receive(packet);
        if (!take(packet)) {
          strays++;
        }
      }
    } catch (SocketTimeoutException _) {
      // what came is what there is
    } catch (IOException e) {
      if (open == queries.length) {
        throw e;
      }
    }
  }

  /// @return whether it answers one of the questions
  private boolean take(DatagramPacket packet) {
    byte[] answer = Arrays.copyOf(packet.getData(), packet.getLength());
    for (int i = 0; i < queries.length; i++) {
      if (answers[i].length == 0 && answers(queries[i], answer)) {
        answers[i] = answer;
        open--;
        return true;
      }
    }
    return false;
  }

  /// By number and question; one who understood nothing may leave the question out.
  private static boolean answers(byte[] query, byte[] answer) {
    if (answer.length < HEADER || answer[0] != query[0] || answer[1] != query[1]) {
      return false;
    }
    try {
      Header header = new Header(answer);
      int questions = header.getCount(Section.QUESTION);
      return header.getFlag(Flags.QR)
          && (questions == 1 && isAbout(query, answer) || questions == 0 && header.getRcode() != 0);
    } catch (IOException _) {
      return false;
    }
  }

  /// The letters of the name may come back in another case.
  private static boolean isAbout(byte[] query, byte[] answer) {
    int end = HEADER;
    while (query[end] != 0) {
      end += 1 + query[end];
    }
    end += 5;
    if (answer.length < end) {
      return false;
    }
    for (int i = HEADER; i < end; i++) {
      if (lower(query[i]) != lower(answer[i])) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
  }
}
