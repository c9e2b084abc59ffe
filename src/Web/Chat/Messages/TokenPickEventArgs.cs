using Juxta.Web.Rate;
using Microsoft.AspNetCore.Components;

namespace Juxta.Web.Chat.Messages;

/// <summary>A token was chosen in a token view; tokens.js says which.</summary>
public sealed class TokenPickEventArgs : EventArgs
{
    /// <summary>Its index.</summary>
    public int Index { get; set; }
}

/// <summary>Events of ours that components may listen to.</summary>
[EventHandler("ontokenpick", typeof(TokenPickEventArgs), enableStopPropagation: true, enablePreventDefault: true)]
[EventHandler("onvote", typeof(VoteEventArgs), enableStopPropagation: true, enablePreventDefault: true)]
public static class EventHandlers;
