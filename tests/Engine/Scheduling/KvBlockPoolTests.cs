using FsCheck;
using FsCheck.Fluent;
using Juxta.Engine.Scheduling;

namespace Juxta.EngineTests.Scheduling;

public class KvBlockPoolTests
{
    [Fact]
    public void Blocks_are_neither_lost_nor_given_to_two()
    {
        Gen<int[]> actions = Gen.Choose(-3, 5).ArrayOf(200);
        Prop.ForAll(actions.ToArbitrary(), moves =>
        {
            var pool = new KvBlockPool(17);
            var held = new Queue<int>();
            foreach (int move in moves)
            {
                for (int i = 0; i < move; i++)
                {
                    bool rented = pool.TryRent(out int block);
                    if (rented != held.Count < 17 || (rented && held.Contains(block))) return false;
                    if (rented) held.Enqueue(block);
                }
                for (int i = move; i < 0 && held.Count > 0; i++) pool.Return(held.Dequeue());
                if (pool.Free + held.Count != 17) return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_block_returned_twice_is_refused()
    {
        var pool = new KvBlockPool(2);
        Assert.True(pool.TryRent(out int block));
        pool.Return(block);
        Assert.Contains("returned twice", Assert.Throws<InvalidOperationException>(() => pool.Return(block)).Message, StringComparison.Ordinal);
    }
}
