using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using AesX86 = System.Runtime.Intrinsics.X86.Aes;

namespace MpcActors.Ring;

/// <summary>The eleven round keys of AES-128 (FIPS 197, section 5.2), for the processor's AES instructions.</summary>
public static class AesKeySchedule
{
    public static Vector128<byte>[] Expand(ReadOnlySpan<byte> key)
    {
        var keys = new Vector128<byte>[11];
        if (!AesX86.IsSupported) return keys;
        keys[0] = Vector128.Create(key);
        keys[1] = Next(keys[0], AesX86.KeygenAssist(keys[0], 0x01));
        keys[2] = Next(keys[1], AesX86.KeygenAssist(keys[1], 0x02));
        keys[3] = Next(keys[2], AesX86.KeygenAssist(keys[2], 0x04));
        keys[4] = Next(keys[3], AesX86.KeygenAssist(keys[3], 0x08));
        keys[5] = Next(keys[4], AesX86.KeygenAssist(keys[4], 0x10));
        keys[6] = Next(keys[5], AesX86.KeygenAssist(keys[5], 0x20));
        keys[7] = Next(keys[6], AesX86.KeygenAssist(keys[6], 0x40));
        keys[8] = Next(keys[7], AesX86.KeygenAssist(keys[7], 0x80));
        keys[9] = Next(keys[8], AesX86.KeygenAssist(keys[8], 0x1b));
        keys[10] = Next(keys[9], AesX86.KeygenAssist(keys[9], 0x36));
        return keys;
    }

    static Vector128<byte> Next(Vector128<byte> key, Vector128<byte> assist)
    {
        // Each word is the exclusive or of all words of the last key up to its own place, and of the last word turned and substituted.
        var spread = Vector128.Create(assist.AsUInt32().GetElement(3)).AsByte();
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 8);
        return key ^ spread;
    }
}
