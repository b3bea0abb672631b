package io.mailcanary.authentication;

import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.james.jdkim.tagvalue.PublicKeyRecordImpl;
import org.jspecify.annotations.Nullable;

/// Teaches jDKIM, which knows RSA alone, the signatures of RFC 8463: it asks the JDK for
/// `SHA256withED25519`, which no provider has.
final class Ed25519 extends Provider {
  private static final String ALGORITHM = "SHA256withED25519";
  private static final int KEY_BYTES = 32;

  /// What goes before the bare key to make a SubjectPublicKeyInfo of it (RFC 8410 §4).
  private static final byte[] INFO = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 3, 33, 0
  };

  private Ed25519() {
    super("mailcanary", "1", "Ed25519 over a SHA-256 digest, for DKIM (RFC 8463)");
    putService(
        new Service(this, "Signature", ALGORITHM, OverDigest.class.getName(), List.of(), Map.of()) {
          @Override
          public Object newInstance(@Nullable Object parameter) throws NoSuchAlgorithmException {
            return new OverDigest();
          }
        });
  }

  /// Makes it known to this process, once.
  static void install() {
    Security.addProvider(new Ed25519());
  }

  /// A key record whose key is the bare 32 bytes (RFC 8463 §4.2), or any other.
  static final class KeyRecord extends PublicKeyRecordImpl {
    private final String text;

    KeyRecord(String text) {
      super(text);
      this.text = text;
    }

    @Override
    public PublicKey getPublicKey() {
      return isKeyTypeSupported("ed25519") ? key(text) : super.getPublicKey();
    }

    private static PublicKey key(String text) {
      try {
        byte[] bare = Base64.getDecoder().decode(value(text));
        if (bare.length != KEY_BYTES) {
          throw new IllegalStateException(
              "an Ed25519 key of %d bytes, expected %d".formatted(bare.length, KEY_BYTES));
        }
        byte[] info = new byte[INFO.length + KEY_BYTES];
        System.arraycopy(INFO, 0, info, 0, INFO.length);
        System.arraycopy(bare, 0, info, INFO.length, KEY_BYTES);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(info));
      } catch (NoSuchAlgorithmException | InvalidKeySpecException | IllegalArgumentException e) {
        throw new IllegalStateException("not an Ed25519 key: " + e.getMessage(), e);
      }
    }

    private static String value(String text) {
      for (String tag : text.split(";", 40)) {
        String bare = tag.replaceAll("\\s", "");
        if (bare.startsWith("p=")) {
          return bare.substring(2);
        }
      }
      return "";
    }
  }

  /// Ed25519 over the digest of what is signed (RFC 8463 §3).
  private static final class OverDigest extends SignatureSpi {
    private final MessageDigest digest;
    private final Signature signature;

    OverDigest() throws NoSuchAlgorithmException {
      digest = MessageDigest.getInstance("SHA-256");
      signature = Signature.getInstance("Ed25519");
    }

    @Override
    protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
      digest.reset();
      signature.initVerify(key);
    }

    @Override
    protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
      digest.reset();
      signature.initSign(key);
    }

    @Override
    protected void engineUpdate(byte one) {
      digest.update(one);
    }

    @Override
    protected void engineUpdate(byte[] bytes, int offset, int length) {
      digest.update(bytes, offset, length);
    }

    @Override
    protected byte[] engineSign() throws SignatureException {
      signature.update(digest.digest());
      return signature.sign();
    }

    @Override
    protected boolean engineVerify(byte[] signed) throws SignatureException {
      signature.update(digest.digest());
      return signature.verify(signed);
    }

    @Override
    @Deprecated
    protected void engineSetParameter(String name, Object value) {
      throw new UnsupportedOperationException();
    }

    @Override
    @Deprecated
    protected Object engineGetParameter(String name) {
      throw new UnsupportedOperationException();
    }
  }
}
